import type { TravelPlan } from './plan.ts';
import { type Window, windowPositions } from './windows.ts';

export type Fuse = TravelPlan['context']['fuse'];

/**
 * The weight of each frame of a window where windows overlap. `pyramid` is highest in the middle: 1 2 3 3 2 1,
 * 1 2 3 2 1; `flat` averages (ComfyUI-AnimateDiff-Evolved, context.py); with `overwrite` the weights do not matter.
 */
export function fuseWeights(length: number, fuse: Fuse): number[] {
  return Array.from({ length }, (_, i) => (fuse === 'pyramid' ? Math.min(i, length - 1 - i) + 1 : 1));
}

/** A window that covers a frame. */
export interface CoveringWindow {
  /** The positions that it covers, in order. */
  readonly positions: readonly number[];
  /** How much of the frame's prediction is this window's, in [0, 1]. The shares of all windows add up to 1. */
  readonly share: number;
}

/** The windows of a step that cover a frame, in the order in which they run. @param frames of the clip */
export function windowsAround(
  frame: number,
  windows: readonly Window[],
  frames: number,
  fuse: Fuse,
): readonly CoveringWindow[] {
  const covering = windows.flatMap((window) => {
    // Not `windowPositions` yet: a long clip has thousands of windows.
    const place = placeIn(window, frame, frames);
    return place === null ? [] : [{ window, weight: fuseWeights(window.length, fuse)[place]! }];
  });
  const sum = covering.reduce((total, { weight }) => total + weight, 0);
  return covering.map(({ window, weight }, i) => ({
    positions: windowPositions(window, frames),
    share: fuse === 'overwrite' ? Number(i === covering.length - 1) : weight / sum,
  }));
}

/** The last place of a frame in a window; null if the window does not cover it. */
function placeIn({ start, stride, length }: Window, frame: number, frames: number): number | null {
  for (let place = length - 1; place >= 0; place--) if ((start + place * stride) % frames === frame) return place;
  return null;
}
