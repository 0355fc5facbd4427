import { roundHalfEven } from '../../plan/round-half-even.ts';
import type { Annotator } from './annotator.ts';
import { resize } from './opencv/resize.ts';

const CELL = 64;

/** A grid of colors, one for each 64 × 64 pixels of the picture at the resolution. */
export const color: Annotator<'color'> = (picture, { resolution }) => {
  const scale = resolution / Math.min(picture.width, picture.height);
  const [width, height] = [roundHalfEven(picture.width * scale), roundHalfEven(picture.height * scale)];
  const cells = (length: number) => Math.max(Math.floor(length / CELL), 1);
  const grid = resize(resize(picture, width, height, 'area'), cells(width), cells(height), 'cubic');
  return resize(grid, width, height, 'nearest');
};
