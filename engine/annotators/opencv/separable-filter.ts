import type { Picture } from '../picture.ts';

/**
 * A picture filtered with one symmetric kernel along rows, then along columns. The border is mirrored without the edge
 * pixel (`BORDER_REFLECT_101`: abcd → dcb|abcd|cba), as often as the kernel is longer than the picture.
 *
 * @param kernel an odd number of weights
 * @returns sums, `[height, width, channels]`, neither scaled nor rounded
 */
export function separableFilter({ width, height, channels, data }: Picture, kernel: Float64Array): Float64Array {
  const rowLength = width * channels;
  const radius = kernel.length >> 1;
  const columns = mirrored(width, radius);
  const extended = new Float64Array(columns.length * channels);
  const filtered = new Float64Array(rowLength * height);
  for (let y = 0; y < height; y++) {
    const start = y * rowLength;
    for (const [x, column] of columns.entries()) {
      for (let channel = 0; channel < channels; channel++) {
        extended[x * channels + channel] = data[start + column * channels + channel]!;
      }
    }
    const into = filtered.subarray(start, start + rowLength);
    for (const [tap, weight] of kernel.entries()) {
      if (weight !== 0) addScaled(into, extended.subarray(tap * channels), weight);
    }
  }
  const rows = mirrored(height, radius);
  const sums = new Float64Array(rowLength * height);
  for (let y = 0; y < height; y++) {
    const into = sums.subarray(y * rowLength, (y + 1) * rowLength);
    for (const [tap, weight] of kernel.entries()) {
      if (weight !== 0) addScaled(into, filtered.subarray(rows[y + tap]! * rowLength), weight);
    }
  }
  return sums;
}

function addScaled(into: Float64Array, values: Float64Array, weight: number): void {
  for (let i = 0; i < into.length; i++) into[i]! += weight * values[i]!;
}

/** The indices −`radius` … `length` − 1 + `radius` of a line, each as the one inside that it mirrors. */
function mirrored(length: number, radius: number): Int32Array {
  return Int32Array.from({ length: length + 2 * radius }, (_, i) => {
    if (length === 1) return 0;
    const period = 2 * (length - 1);
    const inPeriod = (((i - radius) % period) + period) % period;
    return Math.min(inPeriod, period - inPeriod);
  });
}
