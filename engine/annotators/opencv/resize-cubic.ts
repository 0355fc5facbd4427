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
  const values = saturating(target.data);
  const columns = cubicTaps(source.width, width);
  const rows = cubicTaps(source.height, height);
  const rowLength = width * source.channels;
  const mixed = mixColumns(source, columns);
  for (let y = 0; y < height; y++) {
    const [a, b, c, d] = rows.weights.subarray(y * TAPS, (y + 1) * TAPS) as unknown as [number, number, number, number];
    const [p, q, r, s] = [0, 1, 2, 3].map((tap) => rows.sources[y * TAPS + tap]! * rowLength) as [
      number,
      number,
      number,
      number,
    ];
    const start = y * rowLength;
    for (let i = 0; i < rowLength; i++) {
      values[start + i] = a * mixed[p + i]! + b * mixed[q + i]! + c * mixed[r + i]! + d * mixed[s + i]!;
    }
  }
  return target;
}

/** Four taps for each target index. */
interface CubicTaps {
  readonly sources: Int32Array;
  readonly weights: Float64Array;
}

function cubicTaps(sourceLength: number, targetLength: number): CubicTaps {
  const scale = axisScale(sourceLength, targetLength);
  const sources = new Int32Array(targetLength * TAPS);
  const weights = new Float64Array(targetLength * TAPS);
  for (let d = 0; d < targetLength; d++) {
    const position = (d + 0.5) * scale - 0.5;
    const index = Math.floor(position);
    weights.set(cubicWeights(position - index), d * TAPS);
    for (let tap = 0; tap < TAPS; tap++) {
      sources[d * TAPS + tap] = Math.min(Math.max(index - 1 + tap, 0), sourceLength - 1);
    }
  }
  return { sources, weights };
}

/** Weights of four neighbors, for a position `x` of 0 … 1 between the second and the third (`interpolateCubic`). */
export function cubicWeights(x: number): [number, number, number, number] {
  const first = ((A * (x + 1) - 5 * A) * (x + 1) + 8 * A) * (x + 1) - 4 * A;
  const second = ((A + 2) * x - (A + 3)) * x * x + 1;
  const third = ((A + 2) * (1 - x) - (A + 3)) * (1 - x) * (1 - x) + 1;
  return [first, second, third, 1 - first - second - third];
}

/** All rows of the source with the columns of the target. */
function mixColumns({ data, width, height, channels }: Picture<Samples>, { sources, weights }: CubicTaps) {
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
