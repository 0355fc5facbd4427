import type { Picture } from '../picture.ts';
import { mirrored } from './separable-filter.ts';

/**
 * `cv2.Sobel` with 3 × 3 pixels, of a gray float32 picture: how it changes from left to right, and from top to bottom. Beyond its
 * edges, it is mirrored at the pixels of the edge (`BORDER_REFLECT_101`).
 *
 * @returns each `[height, width]`, flat
 */
export function sobel({ width, height, data }: Picture<Float32Array>): {
  readonly across: Float32Array;
  readonly down: Float32Array;
} {
  const [columns, rows] = [mirrored(width, 1), mirrored(height, 1)];
  const [across, down] = [new Float32Array(data.length), new Float32Array(data.length)];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (dy: number, dx: number) => data[rows[y + 1 + dy]! * width + columns[x + 1 + dx]!]!;
      const i = y * width + x;
      across[i] = at(-1, 1) - at(-1, -1) + 2 * (at(0, 1) - at(0, -1)) + at(1, 1) - at(1, -1);
      down[i] = at(1, -1) - at(-1, -1) + 2 * (at(1, 0) - at(-1, 0)) + at(1, 1) - at(-1, 1);
    }
  }
  return { across, down };
}
