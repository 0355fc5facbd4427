/** Difference of two frames, from 0 to 255, from which on they can be of different scenes. */
const LEAST_DIFFERENCE = 24;

/** And how many times the usual difference of the clip it is at least. */
const LEAST_RATIO = 4;

/** And how many times the difference of the gaps before and after it: a fast fade has several such gaps. */
const LEAST_STEP = 2;

/** Pixels are averaged in squares of this side, so that noise and fine motion do not count. */
const CELL = 8;

export interface SceneCut {
  readonly gap: number;
  /** Of the two frames, and the usual one: mean over the picture, from 0 to 255. */
  readonly difference: number;
  readonly usual: number;
}

/** What scene cuts are found by: the mean brightness of each square of a frame. */
export type Brightness = Float32Array;

/**
 * Gaps between frames of different scenes: the mean difference of their brightness in squares of 8×8 pixels is at least
 * 24 of 255, four times the median of the other gaps, and twice that of the gaps before and after. A single gap has
 * nothing to be compared with.
 *
 * @param gaps pairs of frames
 */
export function sceneCuts(gaps: readonly (readonly [Brightness, Brightness])[]): SceneCut[] {
  const differences = gaps.map(([a, b]) => (a === b ? 0 : meanDifference(a, b)));
  const sorted = differences.toSorted((a, b) => a - b);
  const middle = Math.floor((sorted.length - 1) / 2);
  return differences.flatMap((difference, gap) => {
    // The median of the others.
    const usual = sorted[middle < sorted.indexOf(difference) ? middle : middle + 1];
    const around = Math.max(differences[gap - 1] ?? 0, differences[gap + 1] ?? 0);
    if (usual === undefined || difference < LEAST_DIFFERENCE) return [];
    if (difference < LEAST_RATIO * usual || difference < LEAST_STEP * around) return [];
    return [{ gap, difference, usual }];
  });
}

/** Mean luma (Rec. 601) of each square. @param rgb 8-bit `[height, width, 3]` */
export function brightness(rgb: Uint8Array, width: number): Brightness {
  const height = rgb.length / 3 / width;
  const [down, across] = [Math.ceil(height / CELL), Math.ceil(width / CELL)];
  const sums = new Float32Array(down * across);
  const counts = new Float32Array(down * across);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = 3 * (y * width + x);
      const cell = Math.floor(y / CELL) * across + Math.floor(x / CELL);
      sums[cell]! += 0.299 * rgb[i]! + 0.587 * rgb[i + 1]! + 0.114 * rgb[i + 2]!;
      counts[cell]!++;
    }
  }
  return sums.map((sum, i) => sum / counts[i]!);
}

function meanDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
}
