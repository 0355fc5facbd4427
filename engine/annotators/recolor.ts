import type { Annotator } from './annotator.ts';
import { lightness } from './opencv/lightness.ts';
import { grayOf } from './picture.ts';

const { fround } = Math;

/**
 * The lightness of the picture with a gamma correction. As in sd-webui-controlnet, red and blue are swapped: it reads RGB
 * as BGR.
 */
export const recolorLuminance: Annotator<'recolor_luminance'> = (picture, { gamma }) => {
  const { data } = picture;
  const corrected = gammaTable(gamma);
  return grayOf(picture, (at) => corrected[lightness(data[at + 2]!, data[at + 1]!, data[at]!)]!);
};

/** The largest channel of each pixel with a gamma correction. */
export const recolorIntensity: Annotator<'recolor_intensity'> = (picture, { gamma }) => {
  const { data } = picture;
  const corrected = gammaTable(gamma);
  return grayOf(picture, (at) => corrected[Math.max(data[at]!, data[at + 1]!, data[at + 2]!)]!);
};

/** All 8-bit values to the power of gamma, in float32 and cut to integers. */
function gammaTable(gamma: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) => fround(fround(fround(value / 255) ** gamma) * 255));
}
