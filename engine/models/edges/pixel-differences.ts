/** Kernels of a convolution. */
export interface Kernels {
  readonly values: Float32Array;
  /** `[out, in, size, size]`. */
  readonly dims: readonly number[];
}

/**
 * What a kernel of 3×3 weighs: the pixels themselves, or how they differ from the one in the middle, from the next one clockwise,
 * or, twice as far away, from those between them and the middle.
 */
export type Difference = 'none' | 'central' | 'angular' | 'radial';

const SIZE = 3;
const AREA = SIZE * SIZE;
const MIDDLE = 4;

/** Of the pixels of a 3×3 square, row by row: the one before it, clockwise. The middle has none. */
const BEFORE = [3, 0, 1, 6, 4, 2, 7, 8, 5] as const;

/** Of a 5×5 square, row by row: the pixels in eight directions from the middle, and those on the way to them. */
const FAR = [0, 2, 4, 10, 14, 20, 22, 24] as const;
const NEAR = [6, 7, 8, 11, 13, 16, 17, 18] as const;
const WIDE_AREA = 25;

/**
 * The plain convolution that is equal to one of pixel differences, because both are linear (Su et al., arXiv 2108.07009;
 * `createConvFunc` in sd-webui-controlnet's `annotator/pidinet/model.py`).
 *
 * @param kernels of 3×3 weights of differences
 * @returns 3×3, or 5×5 of radial ones
 */
export function plainKernels({ values, dims }: Kernels, difference: Difference): Kernels {
  if (difference === 'none') return { values, dims };
  const [out, inputs] = dims as [number, number];
  const area = difference === 'radial' ? WIDE_AREA : AREA;
  const plain = new Float32Array(out * inputs * area);
  for (let i = 0; i < out * inputs; i++) {
    const from = values.subarray(i * AREA, (i + 1) * AREA);
    const to = plain.subarray(i * area, (i + 1) * area);
    if (difference === 'radial') {
      // The weight in the middle is not used.
      for (const [n, at] of FAR.entries()) to[at] = from[n + 1]!;
      for (const [n, at] of NEAR.entries()) to[at] = -from[n + 1]!;
    } else if (difference === 'angular') {
      for (let at = 0; at < AREA; at++) to[at] = from[at]! - from[BEFORE[at]!]!;
    } else {
      to.set(from);
      to[MIDDLE]! -= from.reduce((sum, value) => sum + value, 0);
    }
  }
  const size = Math.sqrt(area);
  return { values: plain, dims: [out, inputs, size, size] };
}
