import { roundHalfEven } from '../../plan/round-half-even.ts';
import type { Window } from '../../plan/windows.ts';

/**
 * The parameters of one step's windows. `frames` > `context` ≥ 1, `overlap` in [0, context), `stride` ≥ 1, `step`
 * 0-based.
 */
export interface WindowGrid {
  readonly frames: number;
  readonly context: number;
  readonly stride: number;
  readonly overlap: number;
  readonly step: number;
}

export type WebuiLoop = 'N' | 'R-P' | 'R+P' | 'A';

/**
 * The van der Corput sequence in base 2: 0, ½, ¼, ¾, ⅛ … It spreads the grids of successive steps as far from each
 * other as possible.
 */
export function orderedHalving(step: number): number {
  let result = 0;
  let weight = 0.5;
  for (let rest = step; rest > 0; rest = Math.floor(rest / 2)) {
    result += (rest % 2) * weight;
    weight /= 2;
  }
  return result;
}

/** Distances between a window's frames: 1, 2, 4, …, `stride` of them or fewer if the clip is short. */
function spacings({ frames, context, stride }: WindowGrid): number[] {
  const levels = Math.min(stride, Math.ceil(Math.log2(frames / context)) + 1);
  return Array.from({ length: levels }, (_, i) => 2 ** i);
}

/**
 * The first frames of the windows of one spacing, once around the clip; windows may wrap. With `closing`, windows start
 * up to the end of the clip; otherwise no window starts in the last `overlap` frames. An overlap of more than spacing ×
 * context gives no windows, as in sd-webui-animatediff.
 *
 * @throws {RangeError} if overlap is spacing × context, because the grid would never advance
 */
function gridStarts(grid: WindowGrid, spacing: number, closing: boolean): number[] {
  const { frames, context, overlap, step } = grid;
  const distance = context * spacing - overlap;
  if (distance === 0) throw new RangeError(`Windows of ${context} frames cannot overlap by ${overlap}.`);
  const halving = orderedHalving(step);
  const shift = roundHalfEven(frames * halving);
  const starts: number[] = [];
  const end = frames + shift - (closing ? 0 : overlap);
  if (distance < 0) return starts;
  for (let j = Math.floor(halving * spacing) + shift; j < end; j += distance) starts.push(j % frames);
  return starts;
}

/** The wrapping grid: sd-webui-animatediff's `uniform` for R and A, ComfyUI-AnimateDiff-Evolved's Looped Uniform. */
export function loopedUniform(grid: WindowGrid, closing: boolean): Window[] {
  return spacings(grid).flatMap((stride) =>
    gridStarts(grid, stride, closing).map((start) => ({ start, stride, length: grid.context })),
  );
}

const lastPosition = ({ start, stride, length }: Window): number => start + (length - 1) * stride;

/**
 * ComfyUI-AnimateDiff-Evolved's Standard Uniform (context.py): the same grid, but a window that would wrap is moved
 * back to end at the last frame. If the frame that it would have wrapped to is not in the next window, a window that
 * starts there is inserted. No window occurs twice, and none wraps. With one spacing every frame is covered; with more,
 * some of the first frames may not be, because the next window may belong to the next spacing.
 *
 * Spacings whose windows would be longer than the clip are left out; ComfyUI-AnimateDiff-Evolved gives them frames past
 * the end.
 */
export function standardUniform(grid: WindowGrid): Window[] {
  const { frames, context } = grid;
  const wrapping = loopedUniform(grid, false).filter((window) => fits(window, frames));
  const kept = new Map<string, Window>();
  const keep = (window: Window) => {
    const name = `${window.start}/${window.stride}`;
    if (!kept.has(name)) kept.set(name, window);
  };
  wrapping.forEach((window, i) => {
    keep(movedInside(window, frames));
    if (lastPosition(window) < frames) return;
    const wrappedTo = firstWrapped(window, frames);
    const following = wrapping[i + 1] ?? movedInside(wrapping[0]!, frames);
    if (!visits(following, wrappedTo, frames)) keep({ start: wrappedTo, stride: 1, length: context });
  });
  return [...kept.values()];
}

/** Whether a window is no longer than the clip, so that it visits no frame twice. */
export function fits({ stride, length }: Window, frames: number): boolean {
  return (length - 1) * stride < frames;
}

/** The window; if it would wrap, moved back to end at the last frame. */
function movedInside(window: Window, frames: number): Window {
  return { ...window, start: window.start - Math.max(0, lastPosition(window) - (frames - 1)) };
}

/** The first frame of a wrapping window after it has wrapped. */
function firstWrapped({ start, stride }: Window, frames: number): number {
  return start + Math.ceil((frames - start) / stride) * stride - frames;
}

function visits({ start, stride, length }: Window, frame: number, frames: number): boolean {
  for (let k = 0; k < length; k++) if ((start + k * stride) % frames === frame) return true;
  return false;
}

/**
 * sd-webui-animatediff's `uniform` (scripts/animatediff_infv2v.py), including its defects: `N` prevents wrapping only
 * for spacing 1, and may leave frames in no window or visit frames twice.
 */
export function webuiUniform(grid: WindowGrid, loop: WebuiLoop): Window[] {
  const windows = loopedUniform(grid, loop === 'A');
  return loop === 'N' ? withoutWrapping(windows, grid) : windows;
}

function withoutWrapping(windows: readonly Window[], { frames, context, overlap }: WindowGrid): Window[] {
  const first: Window = { start: 0, stride: 1, length: context };
  const last: Window = { start: frames - context, stride: 1, length: context };
  let owesFirst = false;
  return windows.flatMap((window) => {
    if (window.stride > 1 || lastPosition(window) < frames) return [window];
    if (owesFirst) {
      owesFirst = false;
      return [first];
    }
    const framesBeforeWrap = frames - window.start;
    if (framesBeforeWrap < context - overlap) return [last, first];
    owesFirst = true;
    return [last];
  });
}
