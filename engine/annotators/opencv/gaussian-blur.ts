import type { Picture } from '../picture.ts';
import { roundHalfEven } from './round-half-even.ts';
import { separableFilter } from './separable-filter.ts';

/** Weights of an 8-bit blur are integers that sum up to this. */
const WEIGHT_ONE = 256;

/** `cv2.GaussianBlur(picture, (0, 0), sigma)` of an 8-bit picture: integer weights and sums, rounded once. */
export function gaussianBlur(picture: Picture, sigma: number): Picture {
  const sums = separableFilter(picture, integerKernel(gaussianKernel(sigma, 6)));
  const data = new Uint8Array(sums.length);
  for (let i = 0; i < data.length; i++) data[i] = (sums[i]! + WEIGHT_ONE ** 2 / 2) / WEIGHT_ONE ** 2;
  return { ...picture, data };
}

/**
 * `cv2.GaussianBlur(picture.astype(float32), (0, 0), sigma)`. The weights are float32, as OpenCV's. Its sums are float32,
 * too, in an order that depends on the processor; these are rounded once.
 */
export function gaussianBlurFloat(picture: Picture, sigma: number): Picture<Float32Array> {
  const kernel = Float64Array.from(gaussianKernel(sigma, 8), Math.fround);
  return { ...picture, data: new Float32Array(separableFilter(picture, kernel)) };
}

/** @param width of the kernel in `sigma`s: OpenCV takes 6 for 8-bit pictures, 8 for others */
function gaussianKernel(sigma: number, width: number): Float64Array {
  const length = roundHalfEven(sigma * width + 1) | 1;
  const radius = length >> 1;
  const values = Float64Array.from({ length }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)));
  const sum = values.reduce((total, value) => total + value);
  return values.map((value) => value / sum);
}

/**
 * The weights as integers: from the outside in, each passes its rounding error on to the next, and the middle takes the
 * rest (`getGaussianKernelFixedPoint_ED`).
 */
function integerKernel(kernel: Float64Array): Float64Array {
  const weights = new Float64Array(kernel.length);
  const middle = kernel.length >> 1;
  let error = 0;
  let rest = WEIGHT_ONE;
  for (let i = 0; i < middle; i++) {
    const exact = kernel[i]! * WEIGHT_ONE + error;
    const weight = roundHalfEven(exact);
    error = exact - weight;
    weights[i] = weight;
    weights[kernel.length - 1 - i] = weight;
    rest -= 2 * weight;
  }
  weights[middle] = rest;
  return weights;
}
