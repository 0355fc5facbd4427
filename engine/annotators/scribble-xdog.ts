import type { Annotator } from './annotator.ts';
import { gaussianBlurFloat } from './opencv/gaussian-blur.ts';
import { grayOf, type Picture } from './picture.ts';
import { annotatePadded } from './working-size.ts';

const { fround } = Math;
const FINE_SIGMA = 0.5;
const COARSE_SIGMA = 5;

/** White where the picture is darker than around, by the difference of two Gaussian blurs: a hand-drawn look. */
export const scribbleXdog: Annotator<'scribble_xdog'> = (picture, { resolution, threshold }) =>
  annotatePadded(picture, resolution, (padded) => strokes(padded, threshold));

function strokes(picture: Picture, threshold: number): Picture {
  const fine = gaussianBlurFloat(picture, FINE_SIGMA).data;
  const coarse = gaussianBlurFloat(picture, COARSE_SIGMA).data;
  return grayOf(picture, (at) => {
    const darker = Math.min(
      fround(coarse[at]! - fine[at]!),
      fround(coarse[at + 1]! - fine[at + 1]!),
      fround(coarse[at + 2]! - fine[at + 2]!),
    );
    const difference = 255 - Math.trunc(Math.min(Math.max(fround(255 - darker), 0), 255));
    // Doubled in 8 bits: differences from 128 on begin at 0 again, so the darkest strokes have holes.
    return ((2 * difference) & 255) > threshold ? 255 : 0;
  });
}
