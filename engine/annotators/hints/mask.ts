import type { Picture } from '../picture.ts';

type FloatPicture = Picture<Float32Array>;

/** A picture of four channels as RGB and its mask. */
export function splitMask({ width, height, data }: FloatPicture): { colors: FloatPicture; mask: FloatPicture } {
  const colors = new Float32Array(width * height * 3);
  const mask = new Float32Array(width * height);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    colors.set(data.subarray(pixel * 4, pixel * 4 + 3), pixel * 3);
    mask[pixel] = data[pixel * 4 + 3]!;
  }
  return { colors: { width, height, channels: 3, data: colors }, mask: { width, height, channels: 1, data: mask } };
}

/** The inverse of {@link splitMask}. */
export function joinMask({ width, height, data: colors }: FloatPicture, { data: mask }: FloatPicture): FloatPicture {
  const data = new Float32Array(width * height * 4);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    data.set(colors.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
    data[pixel * 4 + 3] = mask[pixel]!;
  }
  return { width, height, channels: 4, data };
}
