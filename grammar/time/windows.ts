import type { Window } from '../../plan/windows.ts';
import { fits, loopedUniform, standardUniform, type WebuiLoop, type WindowGrid, webuiUniform } from './window-grids.ts';

export interface ContextOptions {
  readonly frames: number;
  /** Frames per window. */
  readonly context: number;
  /** 1: consecutive frames only; n: also every 2nd, 4th, … 2ⁿ⁻¹th frame, if the clip is long enough. */
  readonly stride: number;
  /** Frames that consecutive windows share; −1: a quarter of the context. */
  readonly overlap: number;
  readonly closedLoop: WebuiLoop;
  /** `static`: the windows of the first step in every step. The webui dialect has `uniform` only. */
  readonly schedule: 'uniform' | 'static';
  /** Sampling steps. */
  readonly steps: number;
  readonly dialect: 'travel' | 'webui';
}

/** The overlap in frames: −1 means a quarter of the context, rounded down. */
export function overlapFrames(context: number, overlap: number): number {
  return overlap === -1 ? Math.floor(context / 4) : overlap;
}

/**
 * The context windows of every step. A clip no longer than the context is one window.
 *
 * Dialect `travel`: every frame is in a window at every step, and no window visits a frame twice. With `N`, windows
 * never wrap (Standard Uniform); with `R-P` and `R+P` they wrap; `A` adds windows that close the loop evenly. Spacings
 * whose windows would be longer than the clip are left out. Dialect `webui`: exactly those of sd-webui-animatediff,
 * which guarantees neither; see `uncoveredFrames`.
 *
 * @throws {RangeError} if a number is out of range, or overlap ≥ context
 */
export function contextWindows(options: ContextOptions): Window[][] {
  const { steps } = options;
  if (!Number.isInteger(steps) || steps < 1)
    throw new RangeError(`steps must be a whole number of at least 1, not ${steps}.`);
  return Array.from({ length: steps }, (_, step) => stepWindows(options, step));
}

/**
 * The context windows of one step: a row of `contextWindows`.
 *
 * @param step 0-based
 * @throws {RangeError} if a number is out of range, or overlap ≥ context
 */
export function stepWindows(options: Omit<ContextOptions, 'steps'>, step: number): Window[] {
  const { frames, context, stride, schedule, dialect, closedLoop } = options;
  const overlap = overlapFrames(context, options.overlap);
  for (const [name, value] of Object.entries({ frames, context, stride })) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`${name} must be a whole number of at least 1, not ${value}.`);
  }
  if (!Number.isInteger(overlap) || overlap < 0 || overlap >= context) {
    throw new RangeError(`The overlap must be less than the context, ${context}, not ${overlap}.`);
  }
  if (frames <= context) return [{ start: 0, stride: 1, length: frames }];
  const grid: WindowGrid = { frames, context, stride, overlap, step };
  if (dialect === 'webui') return webuiUniform(grid, closedLoop);
  return travelWindows(schedule === 'static' ? { ...grid, step: 0 } : grid, closedLoop);
}

function travelWindows(grid: WindowGrid, loop: WebuiLoop): Window[] {
  const { frames, context } = grid;
  if (loop !== 'N') {
    const windows = loopedUniform(grid, loop === 'A').filter((window) => fits(window, frames));
    return asserted(windows, grid);
  }
  const windows = standardUniform(grid);
  const [missing] = uncoveredFrames(windows, frames);
  // Only frames at the start can be missing, and fewer than `context`.
  const rest: Window[] =
    missing === undefined ? [] : [{ start: Math.min(missing, frames - context), stride: 1, length: context }];
  return asserted([...windows, ...rest], grid);
}

function asserted(windows: Window[], { frames, step }: WindowGrid): Window[] {
  const missing = uncoveredFrames(windows, frames);
  if (missing.length > 0) throw new Error(`No window covers frame ${missing.join(', ')} in step ${step}.`);
  return windows;
}

/** The frames that are in none of one step's windows, ascending. */
export function uncoveredFrames(windows: readonly Window[], frames: number): number[] {
  const covered = new Uint8Array(frames);
  for (const { start, stride, length } of windows) {
    for (let i = 0; i < length; i++) covered[(start + i * stride) % frames] = 1;
  }
  const uncovered: number[] = [];
  for (let frame = covered.indexOf(0); frame >= 0; frame = covered.indexOf(0, frame + 1)) uncovered.push(frame);
  return uncovered;
}
