import { describe, expect, it } from 'vitest';
import { InputFeed } from '../../../client/preview/input-feed.ts';
import type { ClipInputs } from '../../../plan/clip-inputs.ts';
import type { InputPicturesRequest, InputPicturesResult } from '../../../protocol/engine.ts';
import type { HostMessage } from '../../../protocol/preview.ts';

const picture = (name: string) => ({ file: { path: `/clips/${name}.png`, size: 1, mtimeMs: 1 } });
const HINT = { name: 'canny', preprocessor: 'canny', resize: 'crop' } as const;

const inputsOf = (changes: Partial<ClipInputs> = {}): ClipInputs => ({
  width: 64,
  height: 64,
  seed: 1,
  pictures: [picture('a'), picture('b')],
  start: null,
  units: [{ model: 'canny', preprocessor: 'canny', hint: HINT, frames: [0, 1], problem: null }],
  ...changes,
});

type Request = Pick<InputPicturesRequest, 'wanted' | 'seed'>;

/** A feed whose pictures the test makes. */
function feedOf(answer: () => ClipInputs | null = inputsOf) {
  const posted: HostMessage[] = [];
  const failures: unknown[] = [];
  const made: { readonly request: Request; readonly end: (result: InputPicturesResult | Error) => void }[] = [];
  const feed = new InputFeed({
    ask: async () => answer(),
    make: (request) =>
      new Promise((done, fail) => {
        made.push({ request, end: (result) => (result instanceof Error ? fail(result) : done(result)) });
      }),
    post: (message) => posted.push(message),
    fail: (error) => failures.push(error),
  });
  const settled = () => new Promise((done) => setImmediate(done));
  const finish = async (index: number, result?: InputPicturesResult | Error) => {
    const { request, end } = made[index]!;
    const webp = Uint8Array.of(1);
    end(result ?? { ok: true, pictures: request.wanted.map(() => ({ ok: true, webp })) });
    await settled();
  };
  const wantedNames = (index: number) =>
    made[index]!.request.wanted.map(({ picture: { file }, unit }) => `${file.path.at(7)}${unit ? ' hint' : ''}`);
  return { feed, posted, failures, made, finish, wantedNames, settled };
}

const described = ({ inputs }: Extract<HostMessage, { type: 'inputs' }>) =>
  inputs?.units.map(({ sources, hints }) => [sources, hints]);

describe('the source frames and hints of a document', () => {
  it('are described once while they stay the same', async () => {
    const { feed, posted } = feedOf();
    await feed.update();
    await feed.update();
    expect(posted).toHaveLength(1);
    expect(described(posted[0] as never)).toEqual([
      [
        [0, 1],
        [2, 3],
      ],
    ]);
    feed.sendAll();
    await feed.update();
    expect(posted[1]).toEqual(posted[0]);
  });

  it('keep their numbers, except hints that are made in another way', async () => {
    let inputs = inputsOf();
    const { feed, posted } = feedOf(() => inputs);
    await feed.update();
    inputs = inputsOf({ units: [{ ...inputs.units[0]!, hint: { ...HINT, resize: 'fill' } }] });
    await feed.update();
    expect(described(posted[1] as never)).toEqual([
      [
        [0, 1],
        [4, 5],
      ],
    ]);
  });

  it('are made when the page wants them, each once', async () => {
    const { feed, posted, finish, made, wantedNames, settled } = feedOf();
    await feed.update();
    feed.want([3, 0]);
    expect(wantedNames(0)).toEqual(['b hint', 'a']);
    await finish(0);
    expect(posted.slice(1)).toEqual([
      { type: 'inputPicture', id: 3, image: Uint8Array.of(1), mime: 'image/webp' },
      { type: 'inputPicture', id: 0, image: Uint8Array.of(1), mime: 'image/webp' },
    ]);
    feed.want([3, 0]);
    expect(made).toHaveLength(1);
    feed.sendAll();
    feed.want([0]);
    await settled();
    expect(wantedNames(1)).toEqual(['a']);
  });

  it('that are not wanted any more are not made', async () => {
    const frames = Array.from({ length: 12 }, (_, index) => index);
    const pictures = frames.map((index) => picture(String.fromCharCode(97 + index)));
    const inputs = inputsOf({ pictures, units: [], start: { frames, problem: null } });
    const { feed, finish, made, wantedNames } = feedOf(() => inputs);
    await feed.update();
    feed.want(frames);
    expect(wantedNames(0)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    feed.want([11, 0]);
    await finish(0);
    expect(wantedNames(1)).toEqual(['l']);
    await finish(1);
    expect(made).toHaveLength(2);
  });

  it('have the reason why they cannot be shown', async () => {
    const { feed, posted, finish, failures } = feedOf();
    await feed.update();
    feed.want([0, 1]);
    await finish(0, {
      ok: true,
      pictures: [
        { ok: false, message: 'Broken.' },
        { ok: false, message: 'Gone.' },
      ],
    });
    feed.want([2]);
    await finish(1, { ok: false, message: 'The engine stopped.' });
    expect(posted.slice(1)).toEqual([
      { type: 'inputFailed', id: 0, message: 'Broken.' },
      { type: 'inputFailed', id: 1, message: 'Gone.' },
      { type: 'inputFailed', id: 2, message: 'The engine stopped.' },
    ]);
    feed.want([3]);
    await finish(2, new Error('no process'));
    expect(failures).toEqual([new Error('no process')]);
  });

  it('are none if nothing guides the clip', async () => {
    const { feed, posted, made } = feedOf(() => null);
    await feed.update();
    feed.want([0]);
    expect(posted).toEqual([{ type: 'inputs', inputs: null }]);
    expect(made).toEqual([]);
  });
});
