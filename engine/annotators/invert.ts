import type { Annotator } from './annotator.ts';

/** The negative: black lines on white become the white lines on black that the models expect. */
export const invert: Annotator<'invert'> = (picture) => ({
  ...picture,
  data: picture.data.map((value) => 255 - value),
});
