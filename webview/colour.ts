/** Colours of keyframes as numbers, for the canvas. */
import { keyframeColour } from '../protocol/keyframe-colour.ts';

export type Rgb = readonly [number, number, number];

const HSL = /^hsl\((\d+) (\d+)% (\d+)%\)$/;
const cache = new Map<number, Rgb>();

/** The colour of a keyframe, each channel 0 to 255. */
export function keyRgb(index: number): Rgb {
  const known = cache.get(index);
  if (known !== undefined) return known;
  const [, hue, saturation, lightness] = HSL.exec(keyframeColour(index)) ?? [];
  const rgb = fromHsl(Number(hue), Number(saturation) / 100, Number(lightness) / 100);
  cache.set(index, rgb);
  return rgb;
}

function fromHsl(hue: number, saturation: number, lightness: number): Rgb {
  const chroma = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    return Math.round(255 * (lightness - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}

/** @param t the share of `b`, from 0 to 1 */
export function mixRgb(a: Rgb, b: Rgb, t: number): Rgb {
  return [0, 1, 2].map((i) => Math.round(a[i]! + (b[i]! - a[i]!) * t)) as unknown as Rgb;
}

export const css = ([r, g, b]: Rgb, alpha = 1) => `rgb(${r} ${g} ${b} / ${alpha})`;

/** Black or white, whichever is easier to read on the colour: the contrast is at least 4.58 on every colour. */
export function textOn(colour: Rgb): '#000' | '#fff' {
  const luminance = relativeLuminance(colour);
  return (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) ? '#000' : '#fff';
}

function relativeLuminance(colour: Rgb): number {
  const [r, g, b] = colour.map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
