import type { Picture } from './picture.ts';

const { fround } = Math;

/**
 * A picture as sd-webui-controlnet reads it (`HWC3`): gray is repeated, and alpha is laid on white, in float32 and cut to
 * integers.
 */
export function toRgb(picture: Picture): Picture {
  const { width, height, channels, data } = picture;
  if (channels === 3) return picture;
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const from = pixel * channels;
    for (let channel = 0; channel < 3; channel++) {
      if (channels === 1) {
        rgb[pixel * 3 + channel] = data[from]!;
        continue;
      }
      const opacity = fround(data[from + 3]! / 255);
      const white = fround(255 * fround(1 - opacity));
      rgb[pixel * 3 + channel] = fround(fround(data[from + channel]! * opacity) + white);
    }
  }
  return { width, height, channels: 3, data: rgb };
}
