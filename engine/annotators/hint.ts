import { type AnnotatorName, sliderValues } from '../../plan/annotators.ts';
import type { Preprocessor } from '../../plan/network-annotators.ts';
import { annotate } from './annotate.ts';
import { resizeHint } from './hints/resize-hint.ts';
import type { ResizeMode } from './hints/resize-mode.ts';
import type { Picture } from './picture.ts';
import { pixelPerfectResolution } from './pixel-perfect.ts';
import type { ValueRange } from './read-network.ts';
import { toRgb } from './to-rgb.ts';

export interface HintOptions {
  readonly preprocessor: Preprocessor;
  readonly resize: ResizeMode;
  /** Of the frame, multiples of 8. */
  readonly width: number;
  readonly height: number;
  /** For annotators with a random result. */
  readonly seed: number;
  /** What identifies the contents of the preprocessor's networks; absent: it has none. */
  readonly networks?: readonly string[] | undefined;
  /** Black and white of a depth map with the scale of its clip; absent: its own. */
  readonly range?: ValueRange;
}

/**
 * The hint that a ControlNet unit gets from a picture: annotated at the pixel-perfect resolution with the defaults of
 * sd-webui-controlnet's sliders, and brought to the size of the frame.
 *
 * @param picture gray, RGB, or RGB and alpha, of any size
 * @returns 8-bit RGB `[height, width, 3]`
 */
export function hintOf(picture: Picture, options: HintOptions & { readonly preprocessor: AnnotatorName }): Picture {
  const { preprocessor, seed } = options;
  const resolution = resolutionFor(picture, options);
  const annotated = annotate(preprocessor, picture, { ...sliderValues(preprocessor, {}), resolution, seed });
  return framedHint(annotated, options);
}

/** The resolution at which a picture is annotated: length of its shorter side. */
export const resolutionFor = (picture: Picture, { width, height, resize }: HintOptions): number =>
  pixelPerfectResolution(picture, { width, height }, resize);

/** What an annotator gave, as a hint of the size of the frame. */
export const framedHint = (annotated: Picture, { width, height, resize }: HintOptions): Picture =>
  toRgb(resizeHint(annotated, width, height, resize));
