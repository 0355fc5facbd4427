import type { Annotator } from './annotator.ts';
import { resize } from './opencv/resize.ts';

/** Rates below this leave the picture as it is. */
const SMALLEST_RATE = 1.1;

/** The picture, smaller by a factor: the tile model adds the details. */
export const tileResample: Annotator<'tile_resample'> = (picture, { rate }) => {
  if (rate < SMALLEST_RATE) return picture;
  const side = (length: number) => Math.max(Math.trunc(length / rate), 1);
  return resize(picture, side(picture.width), side(picture.height), 'area');
};
