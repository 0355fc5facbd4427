import type { Picture } from '../picture.ts';

/** Gradients of a picture, each `[height + 2, width + 2]` with a border of zeros. */
export interface Gradients {
  readonly x: Int16Array;
  readonly y: Int16Array;
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
  const size = stride * (height + 2);
  const [x, y, magnitude] = [new Int16Array(size), new Int16Array(size), new Int16Array(size)];
  // Column sums of three rows, with one more column on each side.
  const smoothed = new Int16Array(rowLength + 2 * channels);
  const differences = new Int16Array(rowLength + 2 * channels);
  for (let row = 0; row < height; row++) {
    const middle = row * rowLength;
    const above = row > 0 ? middle - rowLength : middle;
    const below = row < height - 1 ? middle + rowLength : middle;
    for (let i = 0; i < rowLength; i++) {
      const [top, bottom] = [data[above + i]!, data[below + i]!];
      smoothed[channels + i] = top + 2 * data[middle + i]! + bottom;
      differences[channels + i] = bottom - top;
    }
    repeatEnds(smoothed, channels);
    repeatEnds(differences, channels);
    let at = (row + 1) * stride + 1;
    for (let left = 0; left < rowLength; left += channels, at++) {
      let largest = -1;
      for (let i = left; i < left + channels; i++) {
        const dx = smoothed[i + 2 * channels]! - smoothed[i]!;
        const dy = differences[i]! + 2 * differences[i + channels]! + differences[i + 2 * channels]!;
        const norm = Math.abs(dx) + Math.abs(dy);
        if (norm > largest) {
          largest = norm;
          x[at] = dx;
          y[at] = dy;
        }
      }
      magnitude[at] = largest;
    }
  }
  return { x, y, magnitude };
}

function repeatEnds(row: Int16Array, channels: number): void {
  row.copyWithin(0, channels, 2 * channels);
  row.copyWithin(row.length - channels, row.length - 2 * channels, row.length - channels);
}
