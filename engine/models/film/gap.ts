import { inBetweenOrder } from './order.ts';
import { clampUnit, fromPadded, type Size, toPadded } from './pictures.ts';

/** A new picture `[3, h, w]` between two, of the padded size. @param time 0 is the first one, 1 the second one */
export type Between = (first: Float32Array, second: Float32Array, time: number) => Promise<Float32Array>;

/**
 * The new frames of a gap, in order. As in Deforum, each is made from its neighbors of that moment, which may be new
 * themselves, and are not rounded to 8 bits before.
 *
 * @param first, last 8-bit RGB `[height, width, 3]`
 * @param timed whether the time of a frame is used; otherwise, each is in the middle of its neighbors, as the first
 *   version of the PyTorch port made them
 */
export async function framesBetween(
  first: Uint8Array,
  last: Uint8Array,
  count: number,
  size: Size,
  timed: boolean,
  between: Between,
): Promise<Uint8Array[]> {
  const pictures: Float32Array[] = [];
  pictures[0] = toPadded(first, size);
  pictures[count + 1] = toPadded(last, size);
  for (const { left, right, made, time } of inBetweenOrder(count)) {
    pictures[made] = clampUnit(await between(pictures[left]!, pictures[right]!, timed ? time : 0.5));
  }
  return pictures.slice(1, -1).map((picture) => fromPadded(picture, size));
}
