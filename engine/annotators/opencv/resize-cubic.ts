import { blackLike, type Picture, type Samples, saturating } from '../picture.ts';
import { axisScale } from './axis-scale.ts';

const TAPS = 4;
/** Keys' parameter, as OpenCV has it. */
const A = -0.75;

/**
 * OpenCV's `INTER_CUBIC` on x86, where its wheels use Intel's IPP: no integer weights
 * (https://github.com/opencv/opencv/issues/22477). Pixels outside the source repeat its border.
 */
export function resizeCubic<Data extends Samples>(source: Picture<Data>, width: number, height: number): Picture<Data> {
  const target = blackLike(source, width, height);
  const exact = (value: number) => value;
  const columns = cubicTaps(source.width, width, exact);
  const rows = cubicTaps(source.height, height, exact);
  interpolate(source, columns, rows, saturating(target.data));
  return target;
}

/** One channel in double. */
export interface Field {
  readonly width: number;
  readonly height: number;
  readonly data: Float64Array;
}

/** `INTER_CUBIC` of doubles, which OpenCV's own code computes, with weights in float32. */
export function resizeFieldCubic(source: Field, width: number, height: number): Field {
  const data = new Float64Array(width * height);
  const columns = cubicTaps(source.width, width, Math.fround);
  const rows = cubicTaps(source.height, height, Math.fround);
  interpolate({ ...source, channels: 1 }, columns, rows, data);
  return { width, height, data };
}

/** Four taps for each target index. */
interface CubicTaps {
  readonly sources: Int32Array;
  readonly weights: Float64Array;
}

/** @param round what each operation's result is rounded to */
function cubicTaps(sourceLength: number, targetLength: number, round: (value: number) => number): CubicTaps {
  const scale = axisScale(sourceLength, targetLength);
  const sources = new Int32Array(targetLength * TAPS);
  const weights = new Float64Array(targetLength * TAPS);
  for (let d = 0; d < targetLength; d++) {
    const position = round((d + 0.5) * scale - 0.5);
    const index = Math.floor(position);
    weights.set(cubicWeights(round(position - index), round), d * TAPS);
    for (let tap = 0; tap < TAPS; tap++) {
      sources[d * TAPS + tap] = Math.min(Math.max(index - 1 + tap, 0), sourceLength - 1);
    }
  }
  return { sources, weights };
}

/** Weights of four neighbors, for a position `x` of 0 … 1 between the second and the third (`interpolateCubic`). */
function cubicWeights(x: number, r: (value: number) => number): [number, number, number, number] {
  const [before, after] = [r(x + 1), r(1 - x)];
  const outer = r(r(r(r(r(r(r(A * before) - 5 * A) * before) + 8 * A) * before)) - 4 * A);
  const inner = (t: number) => r(r(r(r(r((A + 2) * t) - (A + 3)) * t) * t) + 1);
  const [second, third] = [inner(x), inner(after)];
  return [outer, second, third, r(r(r(1 - outer) - second) - third)];
}

interface Source {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Samples | Float64Array;
}

/** Along rows, then along columns, in double. */
function interpolate(
  source: Source,
  columns: CubicTaps,
  rows: CubicTaps,
  into: Uint8ClampedArray | Float32Array | Float64Array,
): void {
  const rowLength = (columns.sources.length / TAPS) * source.channels;
  const mixed = mixColumns(source, columns);
  for (let tap = 0, to = 0; tap < rows.sources.length; tap += TAPS, to += rowLength) {
    const [a, b, c, d] = four(rows.weights, tap);
    const [p, q, r, s] = four(rows.sources, tap).map((row) => row * rowLength) as [number, number, number, number];
    for (let i = 0; i < rowLength; i++) {
      into[to + i] = a * mixed[p + i]! + b * mixed[q + i]! + c * mixed[r + i]! + d * mixed[s + i]!;
    }
  }
}

const four = (values: Int32Array | Float64Array, at: number) =>
  [values[at]!, values[at + 1]!, values[at + 2]!, values[at + 3]!] as const;

/** All rows of the source with the columns of the target. */
function mixColumns({ data, width, height, channels }: Source, { sources, weights }: CubicTaps): Float64Array {
  const targetWidth = sources.length / TAPS;
  const mixed = new Float64Array(targetWidth * height * channels);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = y * width * channels;
    for (let tap = 0; tap < sources.length; tap += TAPS) {
      for (let channel = 0; channel < channels; channel++) {
        const at = row + channel;
        mixed[to++] =
          weights[tap]! * data[at + sources[tap]! * channels]! +
          weights[tap + 1]! * data[at + sources[tap + 1]! * channels]! +
          weights[tap + 2]! * data[at + sources[tap + 2]! * channels]! +
          weights[tap + 3]! * data[at + sources[tap + 3]! * channels]!;
      }
    }
  }
  return mixed;
}
