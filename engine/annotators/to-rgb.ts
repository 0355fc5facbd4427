import type { Picture } from './picture.ts';

const { fround } = Math;

/**
 * A picture as sd-webui-controlnet reads it (`HWC3`): gray is repeated, and alpha is laid on white, in float32 and cut to
 * integers. White may become 254 so.
 *
 * @param picture gray or RGB, each with or without alpha
 */
export function toRgb(picture: Picture): Picture {
  const { width, height, channels, data } = picture;
  if (channels === 3) return picture;
  const isGray = channels < 3;
  const hasAlpha = channels % 2 === 0;
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += channels) {
    const alpha = hasAlpha ? data[from + channels - 1]! : 255;
    for (let channel = 0; channel < 3; channel++) rgb[to++] = onWhite(data[isGray ? from : from + channel]!, alpha);
  }
  return { width, height, channels: 3, data: rgb };
}

function onWhite(value: number, alpha: number): number {
  const opacity = fround(alpha / 255);
  return fround(fround(value * opacity) + fround(255 * fround(1 - opacity)));
}
