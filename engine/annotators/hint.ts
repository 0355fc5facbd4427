import type { AnnotatorName } from '../../plan/annotators.ts';
import { sliderValues } from '../../plan/annotators.ts';
import { annotate } from './annotate.ts';
import { resizeHint } from './hints/resize-hint.ts';
import type { ResizeMode } from './hints/resize-mode.ts';
import type { Picture } from './picture.ts';
import { pixelPerfectResolution } from './pixel-perfect.ts';
import { toRgb } from './to-rgb.ts';

export interface HintOptions {
  readonly preprocessor: AnnotatorName;
  readonly resize: ResizeMode;
  /** Of the frame, multiples of 8. */
  readonly width: number;
  readonly height: number;
  /** For annotators with a random result. */
  readonly seed: number;
}

/**
 * The hint that a ControlNet unit gets from a picture: annotated at the pixel-perfect resolution with the defaults of
 * sd-webui-controlnet's sliders, and brought to the size of the frame.
 *
 * @param picture gray, RGB, or RGB and alpha, of any size
 * @returns 8-bit RGB `[height, width, 3]`
 */
export function hintOf(picture: Picture, { preprocessor, resize, width, height, seed }: HintOptions): Picture {
  const resolution = pixelPerfectResolution(picture, { width, height }, resize);
  const annotated = annotate(preprocessor, picture, { ...sliderValues(preprocessor, {}), resolution, seed });
  return toRgb(resizeHint(annotated, width, height, resize));
}
