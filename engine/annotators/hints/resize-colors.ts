import { otsuThreshold } from '../opencv/otsu.ts';
import { type Interpolation, resize } from '../opencv/resize.ts';
import { blackLike, grayOf, type Picture, type Samples } from '../picture.ts';
import { countColors, MANY_COLORS } from './colors.ts';
import { ridges } from './ridges.ts';
import { thin } from './thin.ts';
import { hasThinLines } from './thin-lines.ts';

/** Two colors are black and white if the smallest value is below the first and the largest above the second. */
const BLACK_BELOW = 16;
const WHITE_ABOVE = 240;

/**
 * sd-webui-controlnet's `high_quality_resize`. Black and white hints stay black and white, by Otsu's threshold; of those
 * with lines one pixel wide, the lines are one pixel wide again. A hint that has the size already is returned as it is.
 *
 * @param hint RGB or gray
 */
export function resizeColors<Data extends Samples>(hint: Picture<Data>, width: number, height: number): Picture<Data> {
  if (width === hint.width && height === hint.height) return hint;
  const resized = resize(hint, width, height, interpolationFor(hint, width, height));
  if (!isBlackAndWhite(hint)) return resized;
  const gray = meanOfChannels(resized);
  const lines = hasThinLines(hint);
  const binary = binarized(lines ? ridges(gray) : gray);
  const prune = width * height > hint.width * hint.height;
  return withChannels(lines ? thin(binary, prune) : binary, hint);
}

/** Nearest for few colors, so that none is added; otherwise area down and cubic up. */
export function interpolationFor(hint: Picture<Samples>, width: number, height: number): Interpolation {
  const colors = countColors(hint);
  if (colors > 2 && colors < MANY_COLORS) return 'nearest';
  return width * height < hint.width * hint.height ? 'area' : 'cubic';
}

function isBlackAndWhite(hint: Picture<Samples>): boolean {
  if (countColors(hint) !== 2) return false;
  let smallest = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of hint.data) {
    if (value < smallest) smallest = value;
    if (value > largest) largest = value;
  }
  return smallest < BLACK_BELOW && largest > WHITE_ABOVE;
}

/** The mean of the channels, in float32 and cut to 8 bits. */
function meanOfChannels(picture: Picture<Samples>): Picture {
  const { channels, data } = picture;
  return grayOf(picture, (at) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum = Math.fround(sum + data[at + channel]!);
    return Math.min(Math.max(Math.fround(sum / channels), 0), 255);
  });
}

function binarized(gray: Picture): Picture {
  const threshold = otsuThreshold(gray.data);
  return grayOf(gray, (at) => (gray.data[at]! > threshold ? 255 : 0));
}

/** A gray picture with the channels and the type of another one. */
function withChannels<Data extends Samples>(gray: Picture, like: Picture<Data>): Picture<Data> {
  const target = blackLike(like, gray.width, gray.height);
  for (let pixel = 0, to = 0; pixel < gray.data.length; pixel++) {
    for (let channel = 0; channel < like.channels; channel++) target.data[to++] = gray.data[pixel]!;
  }
  return target;
}
