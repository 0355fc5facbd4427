import { roundHalfEven } from '../../../plan/round-half-even.ts';
import type { Picture } from '../picture.ts';

/** Positions are added up in 1/1024 of a pixel (`AB_BITS`), and rounded to 1/32 (`INTER_BITS`). */
const ADDED = 1024;
const STEPS = 32;

/** A part of a picture, which may lie outside: where it starts, and how many of its pixels one new pixel is. */
export interface Excerpt {
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

/**
 * `cv2.warpAffine(…, flags=INTER_LINEAR)` without a rotation (OpenCV 4.5.1): a part of an 8-bit picture in another size.
 * Outside, the picture is black.
 */
export function warpExcerpt(
  source: Picture,
  { left, top, scale }: Excerpt,
  size: { readonly width: number; readonly height: number },
): Picture {
  const { channels, data } = source;
  const { width, height } = size;
  const target = new Uint8Array(width * height * channels);
  // Along a row, both parts of a position are rounded; for each row, their sum.
  const columns = positions(width, (i) => roundHalfEven(left * ADDED) + roundHalfEven(scale * i * ADDED));
  const rows = positions(height, (i) => roundHalfEven((scale * i + top) * ADDED));
  const valueAt = (x: number, y: number, channel: number) =>
    x < 0 || y < 0 || x >= source.width || y >= source.height ? 0 : data[(y * source.width + x) * channels + channel]!;
  rows.forEach(({ pixel: y, share: below }, row) => {
    columns.forEach(({ pixel: x, share: right }, column) => {
      for (let channel = 0; channel < channels; channel++) {
        const above = valueAt(x, y, channel) * (STEPS - right) + valueAt(x + 1, y, channel) * right;
        const under = valueAt(x, y + 1, channel) * (STEPS - right) + valueAt(x + 1, y + 1, channel) * right;
        const sum = above * (STEPS - below) + under * below;
        target[(row * width + column) * channels + channel] = (sum + STEPS ** 2 / 2) / STEPS ** 2;
      }
    });
  });
  return { width, height, channels, data: target };
}

interface Position {
  readonly pixel: number;
  readonly share: number;
}

/** The pixel before each new pixel, and the share of the next one in 1/32. @param place in 1/1024 */
function positions(count: number, place: (index: number) => number): Position[] {
  return Array.from({ length: count }, (_, i) => {
    const at = Math.floor(((place(i) + ADDED / STEPS / 2) * STEPS) / ADDED);
    return { pixel: Math.floor(at / STEPS), share: at - Math.floor(at / STEPS) * STEPS };
  });
}
