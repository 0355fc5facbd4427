import { dilate, erode } from '../opencv/morphology.ts';
import type { Picture, Samples } from '../picture.ts';

/** Whether most white values of a black and white hint are in lines too thin for a 3 × 3 opening. */
export function hasThinLines(hint: Picture<Samples>): boolean {
  const opened = dilate(erode(hint)).data;
  let [lowered, white] = [0, 0];
  for (const [i, value] of hint.data.entries()) {
    if (opened[i]! < value) lowered++;
    if (value > 127) white++;
  }
  return lowered * 2 > white;
}
