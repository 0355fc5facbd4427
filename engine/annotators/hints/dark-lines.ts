import type { Picture } from '../picture.ts';

/** Values up to the first are black, and from the second on white, as for `resizeColors`. */
const BLACK_BELOW = 16;
const WHITE_ABOVE = 240;

/** Of a drawing with softened lines, this share of pixels is black or white. */
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
  return black + white >= MOSTLY * hint.width * hint.height;
}

/** How many pixels are black, and how many white: saturated colors, which have both values, are neither. */
function extremes({ data, channels }: Picture) {
  let black = 0;
  let white = 0;
  for (let at = 0; at < data.length; at += channels) {
    let [least, most] = [255, 0];
    for (let channel = 0; channel < channels; channel++) {
      const value = data[at + channel]!;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    if (most < BLACK_BELOW) black++;
    else if (least > WHITE_ABOVE) white++;
  }
  return { black, white };
}
