import type { Annotator } from './annotator.ts';
import { gaussianBlur } from './opencv/gaussian-blur.ts';
import { toResolution } from './working-size.ts';

/** The picture at the resolution, blurred without padding. */
export const blurGaussian: Annotator<'blur_gaussian'> = (picture, { resolution, sigma }) =>
  gaussianBlur(toResolution(picture, resolution), sigma);
