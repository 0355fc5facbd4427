import { describe, expect, it } from 'vitest';
import { interpolateBilinear } from '../../../engine/annotators/interpolate.ts';

const gray = (width: number, height: number, values: readonly number[]) => ({
  width,
  height,
  channels: 1,
  data: Float32Array.from(values),
});

describe('interpolateBilinear', () => {
  // Values of torch.nn.functional.interpolate(…, mode="bilinear", align_corners=False), after its formula.
  it('enlarges between the centers of pixels, and repeats the edge', () => {
    expect([...interpolateBilinear(gray(2, 1, [0, 4]), 4, 1)]).toEqual([0, 1, 3, 4]);
    expect([...interpolateBilinear(gray(2, 2, [0, 4, 8, 12]), 4, 4)]).toEqual([
      0, 1, 3, 4, 2, 3, 5, 6, 6, 7, 9, 10, 8, 9, 11, 12,
    ]);
  });

  it('shrinks to the pixels next to each center, without a mean of the others', () => {
    expect([...interpolateBilinear(gray(8, 1, [9, 9, 9, 0, 2, 9, 9, 9]), 1, 1)]).toEqual([1]);
    expect([...interpolateBilinear(gray(6, 1, [1, 2, 3, 4, 5, 6]), 2, 1)]).toEqual([2, 5]);
  });

  it('keeps one level, whatever the sizes', () => {
    for (const [width, height] of [
      [3, 7],
      [64, 40],
      [1, 1],
    ] as const) {
      const level = Math.fround(0.1);
      expect(new Set(interpolateBilinear(gray(5, 3, Array(15).fill(level)), width, height))).toEqual(new Set([level]));
    }
  });
});
