import { expect, it } from 'vitest';
import { EmbeddedHints } from '../../../engine/pipelines/embedded-hints.ts';
import type { HintMaker } from '../../../engine/pipelines/hint-maker.ts';
import { controlUnit } from './plans.ts';

const UNIT = controlUnit('canny', { path: '/models/canny.safetensors', size: 1, mtimeMs: 1 });
const BYTES = 4;

/** A clip with a hint for each frame, of which some fit. The hint of a picture is its number. */
function hintsOf(frames: number, fitting: number) {
  const made: number[] = [];
  const all = Array.from({ length: frames }, (_, i) => i);
  const maker: Pick<HintMaker, 'each'> = {
    async *each(_unit, wanted, order, _foundEmpty, onRead = () => undefined) {
      for (const index of wanted) {
        made.push(index);
        onRead([index]);
        order.push(index);
        yield Float32Array.of(index);
      }
    },
  };
  const unet = {
    embedHints: async (
      _controlNet: number,
      hints: Iterable<Float32Array> | AsyncIterable<Float32Array>,
      _size: unknown,
      take: (hint: Float32Array) => void,
    ) => {
      for await (const hint of hints) take(hint);
    },
  };
  const plan = {
    units: [UNIT],
    used: [all],
    models: [UNIT.file.path],
    pictures: all.map((i) => ({ file: { path: `/${i}.png`, size: 1, mtimeMs: 1 } })),
    identities: all.map(String),
    width: 8,
    height: 8,
  };
  return { made, hints: new EmbeddedHints(plan, unet, maker, fitting * BYTES) };
}

const window = (first: number) => Array.from({ length: 16 }, (_, i) => first + i);

it('makes a hint once while all of them fit, and reports each', async () => {
  const { made, hints } = hintsOf(32, 32);
  let reported = 0;
  await hints.prepare(() => void reported++);
  expect(reported).toBe(32);
  for (const first of [0, 12, 16]) await hints.of(0, window(first));
  expect(made).toHaveLength(32);
});

it('keeps no more than fit of a long clip, and makes the others again for the windows that need them', async () => {
  const { made, hints } = hintsOf(10_000, 64);
  await hints.prepare(() => undefined);
  expect(made).toHaveLength(10_000);
  made.length = 0;
  for (const first of [0, 12, 24]) {
    expect((await hints.of(0, window(first))).map(([value]) => value)).toEqual(window(first));
  }
  // Frames that overlap are there.
  expect(made).toEqual(Array.from({ length: 40 }, (_, i) => i));
});

it('makes a hint once for windows that need it at the same time, also if a frame shows it twice', async () => {
  const { made, hints } = hintsOf(100, 20);
  await hints.prepare(() => undefined);
  made.length = 0;
  const [a, b] = await Promise.all([hints.of(0, [1, 2, 2]), hints.of(0, [2, 1])]);
  expect([a, b].map((each) => each!.map(([value]) => value))).toEqual([
    [1, 2, 2],
    [2, 1],
  ]);
  expect(made).toEqual([1, 2]);
});
