import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TimelineAnswer } from '../../../protocol/timeline.ts';
import { documentAt } from '../vscode.ts';

vi.mock('vscode', () => import('../vscode.ts'));
const { TimelineFeed } = await import('../../../client/preview/timeline-feed.ts');
const { PictureFeed } = await import('../../../client/preview/picture-feed.ts');

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a timeline', () => {
  function setUp() {
    const document = documentAt('/clips/fox.travel');
    const asked: { resolve(answer: TimelineAnswer): void; reject(error: Error): void }[] = [];
    const received: number[] = [];
    const failures: unknown[] = [];
    const feed = new TimelineFeed(
      document as never,
      () => new Promise((resolve, reject) => asked.push({ resolve, reject })),
      ({ version }) => received.push(version),
      (error) => failures.push(error),
    );
    const answer = async (version: number) => {
      asked.at(-1)!.resolve({ version } as TimelineAnswer);
      await settled();
    };
    return { document, asked, received, failures, feed, answer };
  }

  it('is asked for once at a time, however fast someone types', async () => {
    const { document, asked, received, feed, answer } = setUp();
    feed.update();
    for (document.version = 2; document.version < 9; document.version++) feed.update();
    expect(asked).toHaveLength(1);
    await answer(1);
    expect(asked).toHaveLength(2);
    await answer(9);
    expect(asked).toHaveLength(2);
    expect(received).toEqual([1, 9]);
  });

  it('is asked for again if the server did not have the newest text, but not for ever', async () => {
    const { document, asked, feed, answer } = setUp();
    document.version = 2;
    feed.update();
    await answer(1);
    expect(asked).toHaveLength(2);
    for (let i = 0; i < 50; i++) await answer(1);
    expect(asked).toHaveLength(20);
  });

  it('is asked for again after a failure with the next change, and not once it is disposed', async () => {
    const { asked, failures, received, feed, answer } = setUp();
    feed.update();
    asked[0]!.reject(new Error('stopped'));
    await settled();
    expect([asked.length, failures.length]).toEqual([1, 1]);
    feed.update();
    feed.dispose();
    await answer(1);
    feed.update();
    expect([asked.length, received]).toEqual([2, []]);
  });
});

describe('pictures', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const latents = (step: number) =>
    ({ kind: 'latents', id: 1, step, frames: 1, width: 1, height: 1, rgb: btoa('\u0000\u0080\u00ff') }) as const;
  const frame = (index: number) => ({ kind: 'frame', id: 1, frame: index, webp: btoa('RIFF') }) as const;

  it('are, of each frame, the newest: a preview until the frame is decoded', () => {
    const posted: unknown[] = [];
    const feed = new PictureFeed((message) => posted.push(message));
    feed.receive(latents(1));
    feed.receive({ kind: 'preview', id: 1, frame: 0, webp: btoa('RIFF') });
    feed.receive({ kind: 'preview', id: 1, frame: 1, webp: btoa('RIFF') });
    feed.receive(frame(1));
    vi.advanceTimersByTime(200);
    const image = new Uint8Array(new TextEncoder().encode('RIFF'));
    expect(posted.slice(1)).toEqual([
      { type: 'preview', frame: 0, image, mime: 'image/webp' },
      { type: 'frame', frame: 1, image, mime: 'image/webp' },
    ]);
  });

  it('arrive as bytes, five times a second at most: the newest latents and all frames', () => {
    const posted: { readonly type: string; readonly step?: number; readonly frame?: number }[] = [];
    const feed = new PictureFeed((message) => posted.push(message as never));
    feed.receive(latents(1));
    expect(posted).toEqual([
      { type: 'latents', step: 1, frames: 1, width: 1, height: 1, rgb: new Uint8Array([0, 128, 255]) },
    ]);
    for (let step = 2; step < 9; step++) feed.receive(latents(step));
    for (let index = 0; index < 3; index++) feed.receive(frame(index));
    expect(posted).toHaveLength(1);
    vi.advanceTimersByTime(200);
    expect(posted.slice(1).map(({ type, step, frame }) => [type, step ?? frame])).toEqual([
      ['latents', 8],
      ['frame', 0],
      ['frame', 1],
      ['frame', 2],
    ]);
    vi.advanceTimersByTime(1000);
    feed.receive(latents(9));
    feed.receive(latents(10));
    feed.clear();
    vi.advanceTimersByTime(1000);
    expect(posted.at(-1)).toMatchObject({ step: 9 });
    feed.dispose();
    expect(vi.getTimerCount()).toBe(0);
  });
});
