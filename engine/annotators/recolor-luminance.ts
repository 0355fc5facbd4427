import type { Annotator } from './annotator.ts';
import { gammaTable } from './gamma-table.ts';
import { lightness } from './opencv/lightness.ts';
import { grayOf } from './picture.ts';

/**
 * The lightness of the picture with a gamma correction. As in sd-webui-controlnet, red and blue are swapped: it reads RGB
 * as BGR.
 */
export const recolorLuminance: Annotator<'recolor_luminance'> = (picture, { gamma }) => {
  const { data } = picture;
  const corrected = gammaTable(gamma);
  return grayOf(picture, (at) => corrected[lightness(data[at + 2]!, data[at + 1]!, data[at]!)]!);
};
