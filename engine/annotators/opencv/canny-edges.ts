import type { Picture } from '../picture.ts';
import { type Gradients, sobelGradients } from './sobel.ts';

/** tan 22.5° in 15 bits; tan 67.5° is 2 more. */
const TAN_22 = 13573;
const TAN_BITS = 15;

/** States of a pixel. */
const CANDIDATE = 1;
const EDGE = 255;

/**
 * `cv2.Canny(picture, low, high)`: ridges of the gradient's magnitude that are above `high`, or above `low` and connected
 * to such a ridge.
 *
 * @param low a whole number, compared with |dx| + |dy| of 3 × 3 Sobel gradients
 * @param high a whole number; if it is below `low`, they are swapped
 * @returns gray, 0 or 255
 */
export function cannyEdges(picture: Picture, low: number, high: number): Picture {
  const { width, height } = picture;
  const stride = width + 2;
  const states = new Uint8Array(stride * (height + 2));
  const strong = findRidges(sobelGradients(picture), states, stride, Math.min(low, high), Math.max(low, high));
  follow(states, strong, stride);
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const start = (y + 1) * stride + 1;
    for (let x = 0; x < width; x++) data[y * width + x] = states[start + x] === EDGE ? 255 : 0;
  }
  return { width, height, channels: 1, data };
}

/** Marks the pixels whose magnitude is above `low` and the largest across the edge. @returns those above `high` */
function findRidges({ both, magnitude }: Gradients, states: Uint8Array, stride: number, low: number, high: number) {
  const strong: number[] = [];
  for (let at = stride + 1; at < magnitude.length - stride - 1; at++) {
    const m = magnitude[at]!;
    if (m <= low) continue;
    const dx = both[at]! >> 16;
    const dy = (both[at]! << 16) >> 16;
    const scaledY = Math.abs(dy) << TAN_BITS;
    const tan22 = Math.abs(dx) * TAN_22;
    let isRidge: boolean;
    if (scaledY < tan22) {
      isRidge = m > magnitude[at - 1]! && m >= magnitude[at + 1]!;
    } else if (scaledY > tan22 + (Math.abs(dx) << (TAN_BITS + 1))) {
      isRidge = m > magnitude[at - stride]! && m >= magnitude[at + stride]!;
    } else {
      const side = (dx ^ dy) < 0 ? -1 : 1;
      isRidge = m > magnitude[at - stride - side]! && m > magnitude[at + stride + side]!;
    }
    if (!isRidge) continue;
    if (m > high) {
      states[at] = EDGE;
      strong.push(at);
    } else {
      states[at] = CANDIDATE;
    }
  }
  return strong;
}

/** Turns the candidates that are connected to an edge, directly or by others, into edges. */
function follow(states: Uint8Array, edges: number[], stride: number): void {
  const neighbors = [-stride - 1, -stride, -stride + 1, -1, 1, stride - 1, stride, stride + 1];
  for (let at = edges.pop(); at !== undefined; at = edges.pop()) {
    for (const offset of neighbors) {
      if (states[at + offset] !== CANDIDATE) continue;
      states[at + offset] = EDGE;
      edges.push(at + offset);
    }
  }
}
