import type { Window } from '../../plan/windows.ts';
import { fits, loopedUniform, standardUniform, type WebuiLoop, type WindowGrid, webuiUniform } from './window-grids.ts';

export interface ContextOptions {
  readonly frames: number;
  /** Frames of a window. */
  readonly context: number;
  /** 1: neighbours only; n: spacings 1, 2, … 2ⁿ⁻¹, where the clip is long enough. */
  readonly stride: number;
  /** Frames that neighbouring windows share; −1 is a quarter of the context. */
  readonly overlap: number;
  readonly closedLoop: WebuiLoop;
  /** `static`: the windows of the first step at every step. The webui dialect knows `uniform` only. */
  readonly schedule: 'uniform' | 'static';
  /** Sampling steps. */
  readonly steps: number;
  readonly dialect: 'travel' | 'webui';
}

/** The overlap in frames: −1 stands for a quarter of the context, rounded down. */
export function overlapFrames(context: number, overlap: number): number {
  return overlap === -1 ? Math.floor(context / 4) : overlap;
}

/**
 * The context windows of every step. A clip no longer than the context is one window.
 *
 * Dialect `travel`: every frame is in a window at every step, and no window visits a frame twice. With `N` windows never
 * wrap (Standard Uniform); `R-P` and `R+P` wrap; `A` adds the windows that close the loop evenly. Spacings whose windows
 * would be longer than the clip are left out.
 * Dialect `webui`: exactly sd-webui-animatediff's, which does not promise the first two; see `uncoveredFrames`.
 *
 * @throws {RangeError} when a number is out of range, or overlap ≥ context
 */
export function contextWindows(options: ContextOptions): Window[][] {
  const { frames, steps, schedule, dialect } = options;
  const { context, stride } = options;
  const overlap = overlapFrames(context, options.overlap);
  for (const [name, value] of Object.entries({ frames, context, stride, steps })) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`${name} is a whole number from 1; here it is ${value}.`);
  }
  if (!Number.isInteger(overlap) || overlap < 0 || overlap >= context) {
    throw new RangeError(`The overlap is below the context; here they are ${overlap} and ${context}.`);
  }
  if (frames <= context) return Array.from({ length: steps }, () => [{ start: 0, stride: 1, length: frames }]);

  return Array.from({ length: steps }, (_, step) => {
    const grid: WindowGrid = { frames, context, stride, overlap, step };
    if (dialect === 'webui') return webuiUniform(grid, options.closedLoop);
    return travelWindows(schedule === 'static' ? { ...grid, step: 0 } : grid, options.closedLoop);
  });
}

function travelWindows(grid: WindowGrid, loop: WebuiLoop): Window[] {
  const { frames, context } = grid;
  if (loop !== 'N')
    return asserted(
      loopedUniform(grid, loop === 'A').filter((window) => fits(window, frames)),
      grid,
    );
  const windows = standardUniform(grid);
  const [missing] = uncoveredFrames(windows, frames);
  // Only first frames can be missing, fewer than a context of them.
  const rest: Window[] =
    missing === undefined ? [] : [{ start: Math.min(missing, frames - context), stride: 1, length: context }];
  return asserted([...windows, ...rest], grid);
}

function asserted(windows: Window[], { frames, step }: WindowGrid): Window[] {
  const missing = uncoveredFrames(windows, frames);
  if (missing.length > 0) throw new Error(`No window covers frame ${missing.join(', ')} in step ${step}.`);
  return windows;
}

/** The frames that none of one step's windows covers, ascending. */
export function uncoveredFrames(windows: readonly Window[], frames: number): number[] {
  const covered = new Uint8Array(frames);
  for (const { start, stride, length } of windows) {
    for (let i = 0; i < length; i++) covered[(start + i * stride) % frames] = 1;
  }
  const uncovered: number[] = [];
  for (let frame = covered.indexOf(0); frame >= 0; frame = covered.indexOf(0, frame + 1)) uncovered.push(frame);
  return uncovered;
}
