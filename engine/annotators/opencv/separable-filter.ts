import type { Picture } from '../picture.ts';

/**
 * A picture filtered with symmetric kernels, along rows, then along columns. The border is mirrored without the edge
 * pixel (`BORDER_REFLECT_101`: abcd → dcb|abcd|cba), as often as the kernel is longer than the picture.
 *
 * @param alongRows an odd number of weights, symmetric, as `alongColumns`
 * @returns sums, `[height, width, channels]`, neither scaled nor rounded
 */
export function separableFilter(
  { width, height, channels, data }: Picture,
  alongRows: Float64Array,
  alongColumns = alongRows,
): Float64Array {
  const rowLength = width * channels;
  const columns = mirrored(width, alongRows.length >> 1);
  const taps = Int32Array.from(alongRows, (_, tap) => tap * channels);
  const extended = new Float64Array(columns.length * channels);
  const filtered = new Float64Array(rowLength * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < columns.length; x++) {
      const from = y * rowLength + columns[x]! * channels;
      for (let channel = 0; channel < channels; channel++) extended[x * channels + channel] = data[from + channel]!;
    }
    weightedSum(filtered.subarray(y * rowLength, (y + 1) * rowLength), extended, taps, alongRows);
  }
  const rows = mirrored(height, alongColumns.length >> 1).map((row) => row * rowLength);
  const sums = new Float64Array(rowLength * height);
  for (let y = 0; y < height; y++) {
    const starts = rows.subarray(y, y + alongColumns.length);
    weightedSum(sums.subarray(y * rowLength, (y + 1) * rowLength), filtered, starts, alongColumns);
  }
  return sums;
}

/** The sum of runs of values that begin at `starts`, each with its weight; two runs share each weight but one. */
function weightedSum(into: Float64Array, values: Float64Array, starts: Int32Array, kernel: Float64Array): void {
  const radius = kernel.length >> 1;
  const middle = starts[radius]!;
  const middleWeight = kernel[radius]!;
  for (let i = 0; i < into.length; i++) into[i] = middleWeight * values[middle + i]!;
  for (let tap = 0; tap < radius; tap++) {
    const weight = kernel[tap]!;
    if (weight === 0) continue;
    const first = starts[tap]!;
    const second = starts[kernel.length - 1 - tap]!;
    for (let i = 0; i < into.length; i++) into[i]! += weight * (values[first + i]! + values[second + i]!);
  }
}

/** The indices −`radius` … `length` − 1 + `radius` of a line, each as the one inside that it mirrors. */
export function mirrored(length: number, radius: number): Int32Array {
  return Int32Array.from({ length: length + 2 * radius }, (_, i) => {
    if (length === 1) return 0;
    const period = 2 * (length - 1);
    const inPeriod = (((i - radius) % period) + period) % period;
    return Math.min(inPeriod, period - inPeriod);
  });
}
