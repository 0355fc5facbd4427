import { roundHalfEven } from '../../../plan/round-half-even.ts';
import { blackLike, type Picture, type Samples } from '../picture.ts';
import { axisScale } from './axis-scale.ts';

/** 8-bit pictures have weights of 11 bits (`INTER_RESIZE_COEF_BITS`). */
const WEIGHT_ONE = 2048;

/**
 * OpenCV's `INTER_AREA` where an axis grows: both axes are interpolated linearly, with positions of its own
 * (`area_mode` in `cv::hal::resize`). 8-bit pictures have integer weights, and rows are added as `VResizeLinear` does.
 */
export function resizeLinear<Data extends Samples>(
  source: Picture<Data>,
  width: number,
  height: number,
): Picture<Data> {
  return interpolated(source, width, height, areaPosition);
}

/** OpenCV's `INTER_LINEAR`: the centers of pixels correspond. */
export function resizeBilinear<Data extends Samples>(
  source: Picture<Data>,
  width: number,
  height: number,
): Picture<Data> {
  return interpolated(source, width, height, centerPosition);
}

function interpolated<Data extends Samples>(
  source: Picture<Data>,
  width: number,
  height: number,
  positionOf: PositionOf,
): Picture<Data> {
  const target = blackLike(source, width, height);
  const { channels, data } = source;
  const isInteger = data instanceof Uint8Array;
  const columns = linearTaps(source.width, width, isInteger, positionOf);
  const rows = linearTaps(source.height, height, isInteger, positionOf);
  const rowLength = width * channels;
  const mixed = [0, 1].map(() => new Float64Array(rowLength)) as [Float64Array, Float64Array];
  for (let y = 0; y < height; y++) {
    const first = rows.indices[y]!;
    mixRow(source, first, columns, mixed[0]);
    mixRow(source, Math.min(first + 1, source.height - 1), columns, mixed[1]);
    const [a, b] = [rows.first[y]!, rows.second[y]!];
    const [above, below] = mixed;
    for (let i = 0; i < rowLength; i++) {
      target.data[y * rowLength + i] = isInteger
        ? (((a * (above[i]! >> 4)) >> 16) + ((b * (below[i]! >> 4)) >> 16) + 2) >> 2
        : a * above[i]! + b * below[i]!;
    }
  }
  return target;
}

/** Each target index is `first` · source[index] + `second` · source[index + 1]. */
interface LinearTaps {
  readonly indices: Int32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/** The pixel before a new one, and the share of the next pixel. */
type PositionOf = (
  target: number,
  lengths: { readonly source: number; readonly target: number },
) => { readonly index: number; readonly share: number };

const areaPosition: PositionOf = (d, { source, target }) => {
  const index = Math.floor(d * axisScale(source, target));
  const position = Math.fround(d + 1 - (index + 1) * (target / source));
  return { index, share: position <= 0 ? 0 : position - Math.floor(position) };
};

const centerPosition: PositionOf = (d, { source, target }) => {
  const position = Math.fround((d + 0.5) * axisScale(source, target) - 0.5);
  const index = Math.floor(position);
  return index < 0 ? { index: 0, share: 0 } : { index, share: Math.fround(position - index) };
};

function linearTaps(
  sourceLength: number,
  targetLength: number,
  isInteger: boolean,
  positionOf: PositionOf,
): LinearTaps {
  const indices = new Int32Array(targetLength);
  const first = new Float32Array(targetLength);
  const second = new Float32Array(targetLength);
  const weight = (share: number) => (isInteger ? roundHalfEven(share * WEIGHT_ONE) : share);
  for (let d = 0; d < targetLength; d++) {
    const { index, share: shareOfNext } = positionOf(d, { source: sourceLength, target: targetLength });
    const isLast = index >= sourceLength - 1;
    const share = isLast ? 0 : shareOfNext;
    indices[d] = isLast ? sourceLength - 1 : index;
    first[d] = weight(Math.fround(1 - share));
    second[d] = weight(share);
  }
  return { indices, first, second };
}

function mixRow(source: Picture<Samples>, row: number, { indices, first, second }: LinearTaps, into: Float64Array) {
  const { channels, data } = source;
  for (let x = 0; x < indices.length; x++) {
    const index = indices[x]!;
    const from = (row * source.width + index) * channels;
    const next = index + 1 < source.width ? channels : 0;
    const a = first[x]!;
    const b = second[x]!;
    for (let channel = 0; channel < channels; channel++) {
      into[x * channels + channel] = a * data[from + channel]! + b * data[from + next + channel]!;
    }
  }
}
