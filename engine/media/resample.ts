/** A filter of Pillow's `Image.resize`: its weight at a distance, which is 0 from `support` on. */
export interface ResampleFilter {
  readonly support: number;
  readonly weight: (distance: number) => number;
}

const A = -0.5;

/** `Image.Resampling.BICUBIC`, its default. */
export const BICUBIC: ResampleFilter = {
  support: 2,
  weight: (distance) => {
    const x = Math.abs(distance);
    if (x < 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
  },
};

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** `Image.Resampling.LANCZOS`. */
export const LANCZOS: ResampleFilter = {
  support: 3,
  weight: (x) => (-3 <= x && x < 3 ? sinc(x) * sinc(x / 3) : 0),
};

/** Weights are integers that sum up to about this. */
const WEIGHT_ONE = 2 ** 22;

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * A gray 8-bit picture in another size, value for value as Pillow's `Image.resize` (Resample.c): along rows, then along
 * columns, rounded after each; the filter widens as the picture shrinks.
 *
 * @param gray `[from.height, from.width]`, flat
 * @returns `[to.height, to.width]`, flat
 */
export function resample(gray: Uint8Array, from: Size, to: Size, filter: ResampleFilter): Uint8Array {
  const columns = from.width === to.width ? null : windows(from.width, to.width, filter);
  const rows = from.height === to.height ? null : windows(from.height, to.height, filter);
  const wide = columns ? new Uint8Array(to.width * from.height) : gray;
  columns?.forEach(({ start, weights }, x) => {
    for (let y = 0; y < from.height; y++) {
      const first = y * from.width + start;
      wide[y * to.width + x] = weighted(weights, (tap) => gray[first + tap]!);
    }
  });
  if (!rows) return wide;
  const out = new Uint8Array(to.width * to.height);
  rows.forEach(({ start, weights }, y) => {
    for (let x = 0; x < to.width; x++) {
      out[y * to.width + x] = weighted(weights, (tap) => wide[(start + tap) * to.width + x]!);
    }
  });
  return out;
}

/** The pixels that each new pixel is made of: the first, and the weights of it and of those behind it. */
function windows(length: number, newLength: number, { support, weight }: ResampleFilter) {
  const scale = length / newLength;
  const widened = Math.max(scale, 1);
  return Array.from({ length: newLength }, (_, i) => {
    const center = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support * widened + 0.5));
    const end = Math.min(length, Math.trunc(center + support * widened + 0.5));
    const exact = Array.from({ length: end - start }, (_, tap) => weight((start + tap - center + 0.5) / widened));
    const sum = exact.reduce((total, value) => total + value, 0);
    // Away from zero, as Pillow rounds.
    const weights = exact.map((value) => Math.sign(value) * Math.floor((Math.abs(value) / sum) * WEIGHT_ONE + 0.5));
    return { start, weights };
  });
}

function weighted(weights: readonly number[], valueAt: (tap: number) => number): number {
  let sum = WEIGHT_ONE / 2;
  for (let tap = 0; tap < weights.length; tap++) sum += weights[tap]! * valueAt(tap);
  return Math.min(255, Math.max(0, Math.floor(sum / WEIGHT_ONE)));
}
