import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { webuiMixes } from '../../grammar/webui/travel.ts';
import { type Easing, parseEasing } from '../../plan/easing.ts';
import { frameMixer, type MixKeyframe, mixFrames } from '../../plan/mixing.ts';
import { runs } from '../property-runs.ts';

function easing(text: string): Easing {
  const parsed = parseEasing(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.easing;
}

const key = (frame: number, holdEnd = frame, transition = 'linear'): MixKeyframe => ({
  frame,
  holdEnd,
  transition: easing(transition),
});

/** `0`, or `0>1 0.25`. */
const shown = (keys: readonly MixKeyframe[], frames: number, closed = false) =>
  mixFrames(keys, frames, closed).map(({ from, to, t }) => (from === to ? `${from}` : `${from}>${to} ${t}`));

describe('mixFrames', () => {
  it('mixes between keyframes and holds before and after them', () => {
    expect(shown([key(1), key(5)], 7)).toEqual(['0', '0', '0>1 0.25', '0>1 0.5', '0>1 0.75', '1', '1']);
  });

  it('counts from the end of a hold', () => {
    expect(shown([key(0, 2), key(4)], 5)).toEqual(['0', '0', '0', '0>1 0.5', '1']);
  });

  it('ends a hold at the next keyframe', () => {
    expect(shown([key(0, 9), key(2), key(4)], 5)).toEqual(['0', '0', '1', '1>2 0.5', '2']);
  });

  it('ends a hold whose last frame is the next keyframe', () => {
    expect(shown([key(0, 2), key(2), key(4)], 5)).toEqual(['0', '0', '1', '1>2 0.5', '2']);
    expect(shown([key(0, 1), key(1)], 3, true)).toEqual(['0', '1', '1>0 0.5']);
  });

  it('stays until the keyframe with cut', () => {
    expect(shown([key(0), key(3, 3, 'cut')], 5)).toEqual(['0', '0', '0', '1', '1']);
  });

  it('uses the curve of the keyframe it arrives at', () => {
    const [, mix] = mixFrames([key(0, 0, 'ease-out'), key(4, 4, 'ease-in')], 5, false);
    expect(mix?.t).toBeCloseTo(0.0935, 3);
  });

  it('closes over the distance frames − h + f', () => {
    expect(shown([key(1), key(5, 6)], 8, true)).toEqual([
      `1>0 ${2 / 3}`,
      '0',
      '0>1 0.25',
      '0>1 0.5',
      '0>1 0.75',
      '1',
      '1',
      `1>0 ${1 / 3}`,
    ]);
    expect(shown([key(0, 0, 'cut'), key(2)], 4, true)).toEqual(['0', '0>1 0.5', '1', '1']);
    expect(shown([key(2, 99)], 4, true)).toEqual(['0', '0', '0', '0']);
    expect(shown([key(0), key(2, 99)], 4, true)).toEqual(['0', '0>1 0.5', '1', '1']);
  });

  it('clamps a curve that overshoots', () => {
    const mixes = mixFrames([key(0), key(9, 9, 'cubic-bezier(0.3, -2, 0.7, 3)')], 10, false);
    expect(mixes.every(({ t }) => t >= 0 && t <= 1)).toBe(true);
    expect(mixes[1]).toEqual({ from: 0, to: 0, t: 0 });
    expect(mixes[8]).toEqual({ from: 1, to: 1, t: 0 });
  });

  it('refuses unsorted keyframes and an empty list', () => {
    expect(() => mixFrames([key(3), key(3)], 5, false)).toThrow(RangeError);
    expect(() => mixFrames([], 5, false)).toThrow(RangeError);
  });

  it('agrees with sd-webui-animatediff on whatever both can express', () => {
    const clips = fc.tuple(
      fc.uniqueArray(fc.nat(59), { minLength: 1, maxLength: 12 }).map((keys) => keys.sort((a, b) => a - b)),
      fc.integer({ min: 60, max: 80 }),
      fc.boolean(),
    );
    fc.assert(
      fc.property(clips, ([keys, frames, closed]) => {
        const ours = mixFrames(
          keys.map((frame) => key(frame)),
          frames,
          closed,
        );
        for (const [frame, { from, to, rate }] of webuiMixes(keys, frames, closed).entries()) {
          const mix = ours[frame]!;
          expect(keys[mix.from]).toBe(from);
          expect(mix.t).toBeCloseTo(rate, 12);
          if (rate > 0) expect(keys[mix.to]).toBe(to);
        }
      }),
    );
  });

  it('is the same for single frames, in any order', () => {
    const transition = fc.constantFrom('linear', 'cut', 'ease-in');
    const keyframes = fc
      .uniqueArray(fc.tuple(fc.nat(40), fc.nat(6), transition), { minLength: 1, maxLength: 12, selector: ([at]) => at })
      .map((keys) => keys.sort(([a], [b]) => a - b).map(([at, hold, name]) => key(at, at + hold, name)));
    fc.assert(
      fc.property(keyframes, fc.boolean(), fc.array(fc.nat(44), { maxLength: 30 }), (keys, closed, asked) => {
        const all = mixFrames(keys, 45, closed);
        const mixOf = frameMixer(keys, 45, closed);
        expect(asked.map(mixOf)).toEqual(asked.map((frame) => all[frame]));
        // By the definition, not by the position of an earlier search.
        expect(asked.map((frame) => frameMixer(keys, 45, closed)(frame))).toEqual(asked.map((frame) => all[frame]));
      }),
      runs(500),
    );
  });

  it('mixes twenty thousand keyframes', () => {
    const keys = Array.from({ length: 20_000 }, (_, i) => key(2 * i));
    const mixes = mixFrames(keys, 40_000, true);
    expect(mixes[20_001]).toEqual({ from: 10_000, to: 10_001, t: 0.5 });
    expect(mixes.at(-1)).toEqual({ from: 19_999, to: 0, t: 0.5 });
  });
});
