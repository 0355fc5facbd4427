import type { Annotator } from './annotator.ts';
import { grayOf } from './picture.ts';
import { annotatePadded } from './working-size.ts';

/** White where the darkest channel is above the threshold. */
export const threshold: Annotator<'threshold'> = (picture, { resolution, threshold }) =>
  annotatePadded(picture, resolution, (padded) => {
    const { data } = padded;
    return grayOf(padded, (at) => (Math.min(data[at]!, data[at + 1]!, data[at + 2]!) > threshold ? 255 : 0));
  });
