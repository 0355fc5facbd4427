import type { Picture } from '../picture.ts';

/** Values up to the first are black, and from the second on white, as for `resizeColors`. */
const BLACK_BELOW = 16;
const WHITE_ABOVE = 240;

/** Of a drawing with softened lines, this share of values is black or white. */
const MOSTLY = 0.9;

/**
 * Whether a hint looks like black lines on white. Models for edges, lines and scribbles were trained with white lines on
 * black.
 */
export function hasDarkLines(hint: Picture): boolean {
  const { black, white } = extremes(hint);
  return black > 0 && white > black && isBlackAndWhite(hint);
}

/** Whether almost all of a hint is black or white, as edges are. */
export function isBlackAndWhite(hint: Picture): boolean {
  const { black, white } = extremes(hint);
  return black + white >= MOSTLY * hint.data.length;
}

/** How many values are black, and how many white. */
function extremes({ data }: Picture) {
  let black = 0;
  let white = 0;
  for (const value of data) {
    if (value < BLACK_BELOW) black++;
    else if (value > WHITE_ABOVE) white++;
  }
  return { black, white };
}
