import { roundHalfEven } from './window-grids.ts';

/** The number of frames after `x` new ones are inserted into each gap: n + (n − 1)·x. */
export function interpolatedFrames(frames: number, x: number): number {
  return frames + (frames - 1) * x;
}

/** The frame rate at which `after` frames last as long as `before` frames at `fps`. */
export function fpsOfSameDuration(before: number, after: number, fps: number): number {
  return (fps * after) / before;
}

/**
 * How many frames sd-webui-animatediff inserts into each gap for its “Interp X” (Deforum's frame_interpolation.py): the
 * goal is X times as many frames, rounded. A single frame has no gap.
 */
export function webuiInBetweens(frames: number, x: number): number {
  return frames < 2 ? 0 : roundHalfEven((frames * x - frames) / (frames - 1));
}
