import { dilate, erode } from '../opencv/morphology.ts';
import type { Picture, Samples } from '../picture.ts';

/** Whether most white values of a black and white hint are in lines too thin for a 3 × 3 opening. */
export function hasThinLines(hint: Picture<Samples>): boolean {
  const opened = dilate(erode(hint)).data;
  let lowered = 0;
  let white = 0;
  for (let i = 0; i < hint.data.length; i++) {
    if (opened[i]! < hint.data[i]!) lowered++;
    if (hint.data[i]! > 127) white++;
  }
  return lowered * 2 > white;
}
