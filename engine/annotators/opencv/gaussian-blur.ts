import { roundHalfEven } from '../../../plan/round-half-even.ts';
import type { Picture } from '../picture.ts';
import { separableFilter } from './separable-filter.ts';

/** Weights of an 8-bit blur are integers that sum up to this. */
const WEIGHT_ONE = 256;

/** `cv2.GaussianBlur(picture, (0, 0), sigma)` of an 8-bit picture: integer weights and sums, rounded once. */
export function gaussianBlur(picture: Picture, sigma: number): Picture {
  const sums = separableFilter(picture, integerKernel(gaussianKernel(sigma, usualLength(sigma, 6))));
  return { ...picture, data: rounded(sums) };
}

/** `cv2.GaussianBlur(picture, (length, 1), sigma)` of an 8-bit picture, or `(1, length)`. @param length odd */
export function gaussianBlurAlong(axis: 'rows' | 'columns', picture: Picture, sigma: number, length: number): Picture {
  const kernel = integerKernel(gaussianKernel(sigma, length));
  const none = Float64Array.of(WEIGHT_ONE);
  const sums = axis === 'rows' ? separableFilter(picture, kernel, none) : separableFilter(picture, none, kernel);
  return { ...picture, data: rounded(sums) };
}

/**
 * `cv2.GaussianBlur(picture.astype(float32), (0, 0), sigma)`. The weights are float32, as OpenCV's. Its sums are float32,
 * too, in an order that depends on the processor; these are rounded once.
 */
export function gaussianBlurFloat(picture: Picture, sigma: number): Picture<Float32Array> {
  const kernel = Float64Array.from(gaussianKernel(sigma, usualLength(sigma, 8)), Math.fround);
  return { ...picture, data: new Float32Array(separableFilter(picture, kernel)) };
}

/** The length of OpenCV's kernels if none is given. @param width in `sigma`s: 6 for 8-bit pictures, 8 for others */
const usualLength = (sigma: number, width: number) => roundHalfEven(sigma * width + 1) | 1;

function gaussianKernel(sigma: number, length: number): Float64Array {
  const radius = length >> 1;
  const values = Float64Array.from({ length }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)));
  const sum = values.reduce((total, value) => total + value);
  return values.map((value) => value / sum);
}

function rounded(sums: Float64Array): Uint8Array {
  const data = new Uint8Array(sums.length);
  for (let i = 0; i < data.length; i++) data[i] = (sums[i]! + WEIGHT_ONE ** 2 / 2) / WEIGHT_ONE ** 2;
  return data;
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
