import { roundHalfEven } from '../../../plan/round-half-even.ts';
import { blackLike, type Picture } from '../picture.ts';

/** Positions are rounded to 1/32 of a pixel (`INTER_BITS`). */
const STEPS = 32;

/**
 * `cv2.remap(…, INTER_LINEAR)` of an 8-bit picture: each pixel of the result is taken from another position. Outside, the
 * picture is black.
 *
 * @param columns positions from the left, one for each pixel of the result, which has the size of the picture
 * @param rows positions from the top
 */
export function remap(source: Picture, columns: Float32Array, rows: Float32Array): Picture {
  const { width, height, channels, data } = source;
  const target = blackLike(source, width, height);
  const valueAt = (x: number, y: number, channel: number) =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : data[(y * width + x) * channels + channel]!;
  for (let pixel = 0; pixel < width * height; pixel++) {
    const column = inSteps(columns[pixel]!);
    const row = inSteps(rows[pixel]!);
    const x = Math.floor(column / STEPS);
    const y = Math.floor(row / STEPS);
    const right = column - x * STEPS;
    const below = row - y * STEPS;
    const left = STEPS - right;
    const above = STEPS - below;
    for (let channel = 0; channel < channels; channel++) {
      const sum =
        valueAt(x, y, channel) * left * above +
        valueAt(x + 1, y, channel) * right * above +
        valueAt(x, y + 1, channel) * left * below +
        valueAt(x + 1, y + 1, channel) * right * below;
      target.data[pixel * channels + channel] = (sum + STEPS ** 2 / 2) / STEPS ** 2;
    }
  }
  return target;
}

const inSteps = (position: number) => roundHalfEven(Math.fround(position * STEPS));
