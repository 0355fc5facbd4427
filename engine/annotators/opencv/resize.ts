import type { Picture, Samples } from '../picture.ts';
import { resizeArea } from './resize-area.ts';
import { resizeCubic } from './resize-cubic.ts';
import { resizeBilinear, resizeLinear } from './resize-linear.ts';
import { resizeNearest } from './resize-nearest.ts';

export type Interpolation = 'nearest' | 'linear' | 'area' | 'cubic';

/**
 * `cv2.resize` (OpenCV 4.14, x86), for 8-bit and float32 pictures. A picture of that size already is returned as it is.
 *
 * @param width of the result, at least 1
 * @param height of the result, at least 1
 */
export function resize<Data extends Samples>(
  source: Picture<Data>,
  width: number,
  height: number,
  interpolation: Interpolation,
): Picture<Data> {
  if (width === source.width && height === source.height) return source;
  switch (interpolation) {
    case 'nearest':
      return resizeNearest(source, width, height);
    case 'linear': {
      // OpenCV takes the mean of four pixels then.
      const isHalf = 2 * width === source.width && 2 * height === source.height;
      return isHalf ? resizeArea(source, width, height) : resizeBilinear(source, width, height);
    }
    case 'cubic':
      return resizeCubic(source, width, height);
    case 'area': {
      const shrinks = width <= source.width && height <= source.height;
      return shrinks ? resizeArea(source, width, height) : resizeLinear(source, width, height);
    }
  }
}
