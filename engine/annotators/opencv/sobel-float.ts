import type { Picture } from '../picture.ts';

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
  const [across, down] = [new Float32Array(data.length), new Float32Array(data.length)];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (dy: number, dx: number) => data[mirrored(y + dy, height) * width + mirrored(x + dx, width)]!;
      const i = y * width + x;
      across[i] = at(-1, 1) - at(-1, -1) + 2 * (at(0, 1) - at(0, -1)) + at(1, 1) - at(1, -1);
      down[i] = at(1, -1) - at(-1, -1) + 2 * (at(1, 0) - at(-1, 0)) + at(1, 1) - at(-1, 1);
    }
  }
  return { across, down };
}

/** An index one beyond an edge as the one before it. A single pixel is its own neighbor. */
function mirrored(index: number, length: number): number {
  if (length === 1) return 0;
  if (index < 0) return -index;
  return index < length ? index : 2 * (length - 1) - index;
}
