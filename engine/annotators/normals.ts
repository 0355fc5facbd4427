import { sobel } from './opencv/sobel-float.ts';
import type { Picture } from './picture.ts';

const { fround } = Math;

/** How far a normal points to the viewer: flat surfaces are those whose depth changes less between pixels. */
const TOWARD = fround(2 * Math.PI);
/** Of the depths from the farthest to the nearest: what is farther is flat ("Normal Background Threshold"). */
const BACKGROUND = 0.4;

/**
 * The normals of a depth map as colors, as ControlNet 1.0's model was trained (`apply_midas` in sd-webui-controlnet's
 * `annotator/midas/__init__.py`): blue is across, green is down, and red is toward the viewer; 127 is 0.
 *
 * @param depth larger is nearer
 * @returns RGB
 */
export function normalsOf(depth: Picture<Float32Array>): Picture {
  const { width, height, data } = depth;
  const { across, down } = sobel(depth);
  let [least, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    least = Math.min(least, value);
    largest = Math.max(largest, value);
  }
  const rgb = new Uint8Array(3 * data.length);
  data.forEach((value, i) => {
    const isBehind = (value - least) / (largest - least) < BACKGROUND;
    const normal = [TOWARD, isBehind ? 0 : down[i]!, isBehind ? 0 : across[i]!];
    const length = fround(Math.hypot(...normal));
    for (const [channel, part] of normal.entries())
      rgb[3 * i + channel] = fround(fround(part / length) * 127.5 + 127.5);
  });
  return { width, height, channels: 3, data: rgb };
}
