import type { Annotator } from './annotator.ts';
import { gaussianBlurFloat } from './opencv/gaussian-blur.ts';
import { grayOf, type Picture } from './picture.ts';
import { annotatePadded } from './working-size.ts';

const { fround } = Math;
const SIGMA = 6;
/** Differences up to this are not lines. */
const NOISE = 8;
const SMALLEST_DIVISOR = 16;
/** Gray of a line whose difference is the median. */
const MEDIAN_GRAY = 127;

/** White lines where the picture is darker than around, scaled by the median of all that is darker. */
export const lineartStandard: Annotator<'lineart_standard'> = (picture, { resolution }) =>
  annotatePadded(picture, resolution, lines);

function lines(picture: Picture): Picture {
  const { data, channels, width, height } = picture;
  const blurred = gaussianBlurFloat(picture, SIGMA).data;
  const darker = new Float32Array(width * height);
  for (let pixel = 0, at = 0; pixel < darker.length; pixel++, at += channels) {
    const least = Math.min(
      blurred[at]! - data[at]!,
      blurred[at + 1]! - data[at + 1]!,
      blurred[at + 2]! - data[at + 2]!,
    );
    darker[pixel] = Math.min(Math.max(least, 0), 255);
  }
  const divisor = Math.max(SMALLEST_DIVISOR, median(darker.filter((value) => value > NOISE)));
  return grayOf(picture, (at) => Math.min(fround(fround(darker[at / channels]! / divisor) * MEDIAN_GRAY), 255));
}

/** @returns 0 of no values */
function median(values: Float32Array): number {
  if (values.length === 0) return 0;
  const sorted = values.sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : fround((sorted[middle - 1]! + sorted[middle]!) / 2);
}
