import { blackLike, type Picture, type Samples, saturating } from '../picture.ts';
import { axisScale } from './axis-scale.ts';

const { fround } = Math;

/**
 * OpenCV's `INTER_AREA` where no axis grows: the mean of what each pixel covers. All sums are float32, in OpenCV's order
 * (`computeResizeAreaTab`, `ResizeArea_Invoker`): double sums would break ties to another integer.
 */
export function resizeArea<Data extends Samples>(source: Picture<Data>, width: number, height: number): Picture<Data> {
  const [scaleX, scaleY] = [axisScale(source.width, width), axisScale(source.height, height)];
  if (isWhole(scaleX) && isWhole(scaleY)) {
    return meanOfBlocks(source, width, height, Math.round(scaleX), Math.round(scaleY));
  }
  const target = blackLike(source, width, height);
  const values = saturating(target.data);
  const { channels } = source;
  const columns = areaTaps(source.width, width);
  const rows = areaTaps(source.height, height);
  const rowLength = width * channels;
  const reduced = new Float32Array(rowLength);
  const sum = new Float32Array(rowLength);
  for (let y = 0; y < height; y++) {
    sum.fill(0);
    for (let tap = rows.starts[y]!; tap < rows.starts[y + 1]!; tap++) {
      reduceRow(source, rows.sources[tap]!, columns, reduced);
      const weight = rows.weights[tap]!;
      for (let i = 0; i < rowLength; i++) sum[i]! += fround(weight * reduced[i]!);
    }
    values.set(sum, y * rowLength);
  }
  return target;
}

const isWhole = (scale: number) => Math.abs(scale - Math.round(scale)) < Number.EPSILON;

/** What each target index covers: taps `starts[d]` … `starts[d + 1] − 1`. */
interface AreaTaps {
  readonly starts: Int32Array;
  readonly sources: readonly number[];
  readonly weights: Float32Array;
}

function areaTaps(sourceLength: number, targetLength: number): AreaTaps {
  const scale = axisScale(sourceLength, targetLength);
  const starts = new Int32Array(targetLength + 1);
  const sources: number[] = [];
  const weights: number[] = [];
  for (let d = 0; d < targetLength; d++) {
    const [from, to] = [d * scale, d * scale + scale];
    const cell = Math.min(scale, sourceLength - from);
    const last = Math.min(Math.floor(to), sourceLength - 1);
    const first = Math.min(Math.ceil(from), last);
    if (first - from > 1e-3) {
      sources.push(first - 1);
      weights.push((first - from) / cell);
    }
    for (let source = first; source < last; source++) {
      sources.push(source);
      weights.push(1 / cell);
    }
    if (to - last > 1e-3) {
      sources.push(last);
      weights.push(Math.min(to - last, 1, cell) / cell);
    }
    starts[d + 1] = sources.length;
  }
  return { starts, sources, weights: Float32Array.from(weights) };
}

function reduceRow(source: Picture<Samples>, row: number, { starts, sources, weights }: AreaTaps, into: Float32Array) {
  const { channels, data } = source;
  const start = row * source.width * channels;
  into.fill(0);
  for (let x = 0; x < starts.length - 1; x++) {
    for (let tap = starts[x]!; tap < starts[x + 1]!; tap++) {
      const from = start + sources[tap]! * channels;
      const weight = weights[tap]!;
      for (let channel = 0; channel < channels; channel++) {
        into[x * channels + channel]! += fround(data[from + channel]! * weight);
      }
    }
  }
}

/** Whole blocks of `stepX` × `stepY` pixels (`ResizeAreaFast_Invoker`). For 2 × 2, OpenCV rounds 8-bit halves up. */
function meanOfBlocks<Data extends Samples>(
  source: Picture<Data>,
  width: number,
  height: number,
  stepX: number,
  stepY: number,
): Picture<Data> {
  const target = blackLike(source, width, height);
  const values = saturating(target.data);
  const { channels, data } = source;
  const halvesUp = stepX === 2 && stepY === 2 && data instanceof Uint8Array;
  const scale = fround(1 / (stepX * stepY));
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let row = y * stepY; row < (y + 1) * stepY; row++) {
          let from = (row * source.width + x * stepX) * channels + channel;
          for (let column = 0; column < stepX; column++, from += channels) sum += data[from]!;
        }
        values[to++] = halvesUp ? (sum + 2) >> 2 : fround(fround(sum) * scale);
      }
    }
  }
  return target;
}
