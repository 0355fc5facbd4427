import type { AnnotatorName } from '../../plan/annotators.ts';
import type { Annotator, AnnotatorSettings } from './annotator.ts';
import { blurGaussian } from './blur-gaussian.ts';
import { canny } from './canny.ts';
import { color } from './color.ts';
import { invert } from './invert.ts';
import { lineartStandard } from './lineart-standard.ts';
import { none } from './none.ts';
import type { Picture } from './picture.ts';
import { recolorIntensity } from './recolor-intensity.ts';
import { recolorLuminance } from './recolor-luminance.ts';
import { scribbleXdog } from './scribble-xdog.ts';
import { shuffle } from './shuffle.ts';
import { threshold } from './threshold.ts';
import { tileResample } from './tile-resample.ts';
import { toRgb } from './to-rgb.ts';

/** The annotators, by the names in `plan/annotators.ts`. */
const annotators: { readonly [Name in AnnotatorName]: Annotator<Name> } = {
  none,
  canny,
  scribble_xdog: scribbleXdog,
  lineart_standard: lineartStandard,
  threshold,
  invert,
  blur_gaussian: blurGaussian,
  tile_resample: tileResample,
  color,
  recolor_luminance: recolorLuminance,
  recolor_intensity: recolorIntensity,
  shuffle,
};

/**
 * Makes the hint for a ControlNet from a picture, as sd-webui-controlnet 1.1.455 does, before it is resized to the frame.
 *
 * @param picture gray, RGB, or RGB and alpha, which is laid on white
 * @returns RGB or gray, which stands for three equal channels
 */
export function annotate<Name extends AnnotatorName>(
  name: Name,
  picture: Picture,
  settings: AnnotatorSettings<Name>,
): Picture {
  return annotators[name](toRgb(picture), settings);
}
