import type { Annotator } from './annotator.ts';
import { gammaTable } from './gamma-table.ts';
import { grayOf } from './picture.ts';

/** The largest channel of each pixel with a gamma correction. */
export const recolorIntensity: Annotator<'recolor_intensity'> = (picture, { gamma }) => {
  const { data } = picture;
  const corrected = gammaTable(gamma);
  return grayOf(picture, (at) => corrected[Math.max(data[at]!, data[at + 1]!, data[at + 2]!)]!);
};
