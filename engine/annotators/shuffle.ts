import { Mt19937 } from '../random/mt19937.ts';
import { numpyUniform } from '../random/numpy-uniform.ts';
import type { Annotator } from './annotator.ts';
import { remap } from './opencv/remap.ts';
import { resizeFieldCubic } from './opencv/resize-cubic.ts';
import type { Picture } from './picture.ts';
import { toResolution } from './working-size.ts';

/** Pixels between two random values. */
const SPACING = 256;

/** The picture, distorted by smooth noise: its colors and textures without its composition. The seed chooses the noise. */
export const shuffle: Annotator<'shuffle'> = (picture, { resolution, seed }) => {
  const resized = toResolution(picture, resolution);
  const words = new Mt19937(seed);
  const columns = smoothNoise(resized, words, resized.width - 1);
  const rows = smoothNoise(resized, words, resized.height - 1);
  return remap(resized, columns, rows);
};

/** Noise of the size of a picture, from 0 to `largest`. */
function smoothNoise({ width, height }: Picture, words: Mt19937, largest: number): Float32Array {
  const knots = { width: Math.floor(width / SPACING) + 2, height: Math.floor(height / SPACING) + 2 };
  const data = Float64Array.from({ length: knots.width * knots.height }, () => numpyUniform(words));
  const margins = 2 * SPACING;
  const noise = resizeFieldCubic({ ...knots, data }, width + margins, height + margins);
  const inner = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    const start = (SPACING + y) * noise.width + SPACING;
    inner.set(noise.data.subarray(start, start + width), y * width);
  }
  const least = inner.reduce((smallest, value) => Math.min(smallest, value));
  const range = inner.reduce((widest, value) => Math.max(widest, value - least), 0);
  return new Float32Array(inner.map((value) => ((value - least) / range) * largest));
}
