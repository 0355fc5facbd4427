import type { Annotator } from './annotator.ts';
import { cannyEdges } from './opencv/canny-edges.ts';
import { annotatePadded } from './working-size.ts';

/** White edges on black, found in RGB; the thresholds are cut to integers. */
export const canny: Annotator<'canny'> = (picture, { resolution, low, high }) =>
  annotatePadded(picture, resolution, (padded) => cannyEdges(padded, Math.trunc(low), Math.trunc(high)));
