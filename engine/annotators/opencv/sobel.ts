import type { Picture } from '../picture.ts';

/** Gradients of a picture, `[height + 2, width + 2]` with a border of zeros. */
export interface Gradients {
  /** The one along x in the upper 16 bits, the one along y in the lower 16 bits. */
  readonly both: Int32Array;
  /** |x| + |y|. */
  readonly magnitude: Int16Array;
}

/**
 * 3 × 3 Sobel gradients of an 8-bit picture whose border pixels are repeated outside. Of several channels, each pixel has
 * the gradients of the one with the largest magnitude, the first of equals.
 */
export function sobelGradients({ width, height, channels, data }: Picture): Gradients {
  const stride = width + 2;
  const rowLength = width * channels;
  const both = new Int32Array(stride * (height + 2));
  const magnitude = new Int16Array(both.length);
  for (let row = 0; row < height; row++) {
    const start = (row + 1) * stride + 1;
    for (let channel = 0; channel < channels; channel++) {
      let middle = row * rowLength + channel;
      let above = row > 0 ? middle - rowLength : middle;
      let below = row < height - 1 ? middle + rowLength : middle;
      // Of the columns left of the pixel, of the pixel, and right of it: 1 2 1 and −1 0 1 from top to bottom.
      let smoothed = data[above]! + 2 * data[middle]! + data[below]!;
      let difference = data[below]! - data[above]!;
      let smoothedLeft = smoothed;
      let differenceLeft = difference;
      for (let at = start; at < start + width; at++) {
        if (at < start + width - 1) {
          above += channels;
          middle += channels;
          below += channels;
        }
        const top = data[above]!;
        const bottom = data[below]!;
        const smoothedRight = top + 2 * data[middle]! + bottom;
        const differenceRight = bottom - top;
        const x = (smoothedRight - smoothedLeft) | 0;
        const y = (differenceLeft + 2 * difference + differenceRight) | 0;
        const size = (Math.abs(x) + Math.abs(y)) | 0;
        if (size > magnitude[at]!) {
          magnitude[at] = size;
          both[at] = (x << 16) | (y & 0xffff);
        }
        smoothedLeft = smoothed;
        smoothed = smoothedRight;
        differenceLeft = difference;
        difference = differenceRight;
      }
    }
  }
  return { both, magnitude };
}
