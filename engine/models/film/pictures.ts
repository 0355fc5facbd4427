/** FILM halves pictures six times; A1111 gives it multiples of this. */
const MULTIPLE = 64;

const CHANNELS = 3;

export interface Size {
  readonly height: number;
  readonly width: number;
}

/** The size with the zeros that are added around a picture. */
export function paddedSize({ height, width }: Size): Size {
  const padded = (length: number) => Math.ceil(length / MULTIPLE) * MULTIPLE;
  return { height: padded(height), width: padded(width) };
}

/** Half of the zeros on each side; the odd pixel is at the bottom and on the right. */
function placeOf(size: Size, padded: Size) {
  return { top: Math.floor((padded.height - size.height) / 2), left: Math.floor((padded.width - size.width) / 2) };
}

/**
 * A picture as the network reads it, with zeros around it.
 *
 * @param rgb 8-bit `[height, width, 3]`
 * @returns `[3, height, width]` of `paddedSize`, in 0…1
 */
export function toPadded(rgb: Uint8Array, size: Size): Float32Array {
  const padded = paddedSize(size);
  const { top, left } = placeOf(size, padded);
  const area = padded.height * padded.width;
  const out = new Float32Array(CHANNELS * area);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const to = (y + top) * padded.width + x + left;
      const from = (y * size.width + x) * CHANNELS;
      for (let channel = 0; channel < CHANNELS; channel++) out[channel * area + to] = rgb[from + channel]! / 255;
    }
  }
  return out;
}

/**
 * The inverse of `toPadded`: cropped, and to 8 bits by truncation, as Deforum does.
 *
 * @param values `[3, height, width]` of `paddedSize`, in 0…1
 */
export function fromPadded(values: Float32Array, size: Size): Uint8Array {
  const padded = paddedSize(size);
  const { top, left } = placeOf(size, padded);
  const area = padded.height * padded.width;
  const rgb = new Uint8Array(CHANNELS * size.height * size.width);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const from = (y + top) * padded.width + x + left;
      const to = (y * size.width + x) * CHANNELS;
      for (let channel = 0; channel < CHANNELS; channel++) {
        rgb[to + channel] = Math.trunc(Math.fround(values[channel * area + from]! * 255));
      }
    }
  }
  return rgb;
}

export const clampUnit = (values: Float32Array): Float32Array => values.map((value) => Math.min(1, Math.max(0, value)));
