import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayed, timed } from '../../../engine/media/frames.ts';
import { movingDisc, planOf } from './fixtures.ts';

describe('displayed', () => {
  const frames = movingDisc(8, 8, 3);

  it('shows frames in the order of the plan', () => {
    const clip = displayed(frames, planOf({ frames: 3, loop: 2, order: [2, 0, 1, 1] }));
    expect(clip).toMatchObject({ width: 8, height: 8, count: 4, fps: 8, loop: 2 });
    expect([0, 1, 2, 3].map((i) => clip.rgb(i))).toEqual([2, 0, 1, 1].map((i) => frames.rgb(i)));
  });

  it('numbers the frames of a part as in the whole clip', () => {
    expect(displayed(frames, planOf({ frames: 3, order: [1, 2] })).firstNumber).toBe(1);
    const still = { ...planOf({ frames: 1 }), frames: planOf({ frames: 3 }).frames.slice(2) };
    expect(displayed(frames, still).firstNumber).toBe(2);
  });

  it('rejects an order with a frame that was not rendered', () => {
    expect(() => displayed(frames, planOf({ frames: 3, order: [0, 3] }))).toThrow(/frame 3.*only 3/);
  });
});

describe('timed', () => {
  const ticks = (count: number, fps: number) => timed({ count, fps }, 100, 2, 65535).map((frame) => frame.ticks);

  it('spreads what rounding leaves', () => {
    expect(ticks(8, 8)).toEqual([13, 12, 13, 12, 13, 12, 13, 12]);
    expect(ticks(4, 10)).toEqual([10, 10, 10, 10]);
  });

  it('leaves out frames that players would slow down, and keeps the duration', () => {
    expect(timed({ count: 4, fps: 100 }, 100, 2, 65535)).toEqual([
      { index: 0, ticks: 2 },
      { index: 2, ticks: 2 },
    ]);
  });

  it('cuts a frame that is longer than the format can say', () => {
    expect(ticks(1, 0.0001)).toEqual([65535]);
  });

  it('holds the duration within half a tick, shows the first frame first and none too briefly', () => {
    const count = fc.integer({ min: 1, max: 200 });
    fc.assert(
      fc.property(
        count,
        fc.double({ min: 0.5, max: 500, noNaN: true }),
        fc.integer({ min: 1, max: 11 }),
        (n, fps, least) => {
          const kept = timed({ count: n, fps }, 1000, least, 2 ** 24);
          const total = kept.reduce((sum, frame) => sum + frame.ticks, 0);
          expect(total).toBe(Math.max(least, Math.round((n * 1000) / fps)));
          expect(kept[0]!.index).toBe(0);
          expect(kept.every((frame) => frame.ticks >= least && frame.index < n)).toBe(true);
          expect(kept.every((frame, i) => i === 0 || frame.index > kept[i - 1]!.index)).toBe(true);
        },
      ),
    );
  });
});
