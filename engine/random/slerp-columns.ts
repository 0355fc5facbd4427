import type { NoiseShape } from './seed-resize.ts';

/**
 * A1111's mixture of the noise of a seed and of its subseed (`slerp`, rng.py): spherical, with the angle of each column
 * of each channel. Noises that are almost the same are mixed linearly, with the weights exchanged, as there.
 *
 * @param strength 0: `low`, 1: `high`
 */
export function slerpColumns(
  low: Float32Array,
  high: Float32Array,
  strength: number,
  { channels, height, width }: NoiseShape,
): Float32Array {
  const cosines = new Float64Array(channels * width);
  for (let column = 0; column < cosines.length; column++) {
    let [aa, bb, ab] = [0, 0, 0];
    for (let row = 0; row < height; row++) {
      const at = placeOf(column, row, height, width);
      aa += low[at]! ** 2;
      bb += high[at]! ** 2;
      ab += low[at]! * high[at]!;
    }
    cosines[column] = ab / Math.sqrt(aa * bb);
  }
  if (cosines.reduce((a, b) => a + b) / cosines.length > 0.9995) {
    return low.map((value, i) => value * strength + high[i]! * (1 - strength));
  }
  const out = new Float32Array(low.length);
  cosines.forEach((cosine, column) => {
    const angle = Math.acos(cosine);
    const [a, b] = [Math.sin((1 - strength) * angle) / Math.sin(angle), Math.sin(strength * angle) / Math.sin(angle)];
    for (let row = 0; row < height; row++) {
      const at = placeOf(column, row, height, width);
      out[at] = a * low[at]! + b * high[at]!;
    }
  });
  return out;
}

function placeOf(column: number, row: number, height: number, width: number): number {
  return (Math.floor(column / width) * height + row) * width + (column % width);
}
