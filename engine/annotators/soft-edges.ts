import { ridges } from './hints/ridges.ts';
import { gaussianBlur, gaussianBlurFloat } from './opencv/gaussian-blur.ts';
import { grayOf, type Picture } from './picture.ts';

const SIGMA = 3;
/** Of a blurred map: what a stroke begins at. */
const EDGE = 127;
/** Of blurred strokes: what they are as thick as. */
const STROKE = 4;

/**
 * A map of soft edges, white on black, as sd-webui-controlnet makes it of what its networks return.
 *
 * @param map above 0 where an edge is more likely than not
 * @param steps from black to white of a "safe" map (`safe_step` in `annotator/util.py`); 0: all values
 */
export function softEdges(map: Picture<Float32Array>, steps: number): Picture {
  return grayOf(map, (at) => {
    const likely = 1 / (1 + Math.exp(-map.data[at]!));
    const level = steps === 0 ? likely : Math.trunc(Math.fround(likely) * (steps + 1)) / steps;
    return Math.min(level * 255, 255);
  });
}

/**
 * Strokes as thick as a pen's, where soft edges are sure and as bright as nothing beside them (`scribble_hed` and `nms` in
 * sd-webui-controlnet).
 *
 * @param edges gray
 * @returns white on black
 */
export function scribbled(edges: Picture): Picture {
  const thin = ridges(gaussianBlurFloat(edges, SIGMA));
  const blurred = gaussianBlur(
    grayOf(thin, (at) => (thin.data[at]! > EDGE ? 255 : 0)),
    SIGMA,
  );
  return grayOf(blurred, (at) => (blurred.data[at]! > STROKE ? 255 : 0));
}
