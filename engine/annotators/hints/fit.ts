import { largest, smallest } from '../../../plan/extremes.ts';
import { roundHalfEven } from '../../../plan/round-half-even.ts';
import { blackLike, crop, type Picture, type Samples } from '../picture.ts';
import type { ResizeMode } from './resize-mode.ts';

interface Resizing<Data extends Samples> {
  readonly resize: (hint: Picture<Data>, width: number, height: number) => Picture<Data>;
  /** The color around a smaller hint, computed before it is resized. */
  readonly border: (hint: Picture<Data>) => readonly number[];
}

/** Brings a hint to the size of the frame: stretched, cropped in its middle, or with a border around it. */
export function fit<Data extends Samples>(
  hint: Picture<Data>,
  width: number,
  height: number,
  mode: ResizeMode,
  { resize, border }: Resizing<Data>,
): Picture<Data> {
  if (mode === 'stretch') return resize(hint, width, height);
  const scales = [height / hint.height, width / hint.width];
  const scale = mode === 'crop' ? largest(scales) : smallest(scales);
  const side = (length: number) => Math.max(roundHalfEven(length * scale), 1);
  const resized = resize(hint, side(hint.width), side(hint.height));
  const [spareX, spareY] = [Math.abs(resized.width - width) >> 1, Math.abs(resized.height - height) >> 1];
  if (mode === 'crop') return crop(resized, { left: spareX, top: spareY, width, height });
  return paste(resized, filled(hint, width, height, border(hint)), spareX, spareY);
}

function filled<Data extends Samples>(like: Picture<Data>, width: number, height: number, color: readonly number[]) {
  const target = blackLike(like, width, height);
  for (let i = 0; i < target.data.length; i++) target.data[i] = color[i % like.channels]!;
  return target;
}

function paste<Data extends Samples>(source: Picture<Data>, target: Picture<Data>, left: number, top: number) {
  const { channels } = source;
  for (let y = 0; y < source.height; y++) {
    const row = source.data.subarray(y * source.width * channels, (y + 1) * source.width * channels);
    target.data.set(row, ((top + y) * target.width + left) * channels);
  }
  return target;
}
