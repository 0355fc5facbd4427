import { roundHalfEven } from './window-grids.ts';

/** Frames after `x` new ones were put into each gap: n + (n − 1)·x. */
export function interpolatedFrames(frames: number, x: number): number {
  return frames + (frames - 1) * x;
}

/** The frames a second at which `after` frames last as long as `before` frames do at `fps`. */
export function fpsOfSameDuration(before: number, after: number, fps: number): number {
  return (fps * after) / before;
}

/**
 * How many frames sd-webui-animatediff puts into each gap for its “Interp X” (Deforum's frame_interpolation.py): it aims
 * at X times as many frames, and rounds. One frame has no gap.
 */
export function webuiInBetweens(frames: number, x: number): number {
  return frames < 2 ? 0 : roundHalfEven((frames * x - frames) / (frames - 1));
}
