/** Values of a picture: 8-bit, or float32 with 0 for black and 255 for white. */
export type Samples = Uint8Array | Float32Array;

/** A picture, `[height, width, channels]`: 1 channel is gray, 3 are RGB, 4 are RGB and alpha. */
export interface Picture<Data extends Samples = Uint8Array> {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Data;
}

/** Zeros of the same type as other values. */
export function zerosLike<Data extends Samples>(data: Data, length: number): Data {
  return (data instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length)) as Data;
}

/** A black picture with the channels and the type of another one. */
export function blackLike<Data extends Samples>(
  { channels, data }: Picture<Data>,
  width: number,
  height: number,
): Picture<Data> {
  return { width, height, channels, data: zerosLike(data, width * height * channels) };
}

/** The same values, to write to: 8-bit values are clamped and rounded half to even, as OpenCV's `saturate_cast`. */
export function saturating(data: Samples): Uint8ClampedArray | Float32Array {
  return data instanceof Uint8Array ? new Uint8ClampedArray(data.buffer, data.byteOffset, data.length) : data;
}

/** A gray picture of the same size. @param value of the pixel whose values begin at index `at`; its fraction is cut */
export function grayOf({ width, height, channels }: Picture<Samples>, value: (at: number) => number): Picture {
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) data[i] = value(i * channels);
  return { width, height, channels: 1, data };
}

/**
 * The colors of a picture apart, as networks take them.
 *
 * @param picture RGB
 * @param value of a network for one of the picture, and its channel
 * @returns `[3, height, width]`, flat
 */
export function planesOf(
  { data }: Pick<Picture<Samples>, 'data'>,
  value: (sample: number, channel: number) => number,
): Float32Array {
  const area = data.length / 3;
  const planes = new Float32Array(data.length);
  for (let pixel = 0; pixel < area; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      planes[channel * area + pixel] = value(data[pixel * 3 + channel]!, channel);
    }
  }
  return planes;
}

/** The part of a picture that begins at column `left` and row `top`. */
export function crop<Data extends Samples>(
  source: Picture<Data>,
  {
    left,
    top,
    width,
    height,
  }: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
): Picture<Data> {
  if (width === source.width && height === source.height) return source;
  const target = blackLike(source, width, height);
  const { channels, data } = source;
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * source.width + left) * channels;
    target.data.set(data.subarray(start, start + width * channels), y * width * channels);
  }
  return target;
}
