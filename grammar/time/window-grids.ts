import type { Window } from '../../plan/windows.ts';

/**
 * One step's windows, as the two tools that people know compute them. `frames` > `context` ≥ 1, `overlap` in
 * [0, context), `stride` ≥ 1, `step` 0-based.
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
 * The step's bits in reverse order, behind the point: 0, ½, ¼, ¾, ⅛ … (van der Corput's sequence in base 2), so that the
 * grids of successive steps lie as far from each other as they can.
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

/** Python's round(): halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/** Spacings of a window's frames: 1, 2, 4, … `stride` of them, fewer where the clip is short. */
function spacings({ frames, context, stride }: WindowGrid): number[] {
  const levels = Math.min(stride, Math.ceil(Math.log2(frames / context)) + 1);
  return Array.from({ length: levels }, (_, i) => 2 ** i);
}

/**
 * Starts of the windows of one spacing, from the first frame round to it again; windows may wrap. `closing` goes on to
 * the end of the clip, else the last `overlap` frames start no window.
 * @throws {RangeError} when overlap is spacing × context: the grid would stand still. Where it is larger, no window is
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
 * ComfyUI-AnimateDiff-Evolved's Standard Uniform (context.py): the same grid, with every window that would wrap moved
 * back to end at the last frame. Where the frame it would have wrapped to is not in the window that follows, a window
 * that starts there is put between; no window comes twice, none wraps. With one spacing every frame is covered; with
 * more, some first frames may not be, for the window that follows may belong to the next spacing.
 *
 * Spacings whose windows would be longer than the clip are left out; that tool gives them frames beyond the end.
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

/** The window, or where it would wrap, the one of its kind that ends at the last frame. */
function movedInside(window: Window, frames: number): Window {
  return { ...window, start: window.start - Math.max(0, lastPosition(window) - (frames - 1)) };
}

/** The frame at which a wrapping window comes out again at the beginning. */
function firstWrapped({ start, stride }: Window, frames: number): number {
  return start + Math.ceil((frames - start) / stride) * stride - frames;
}

function visits({ start, stride, length }: Window, frame: number, frames: number): boolean {
  for (let k = 0; k < length; k++) if ((start + k * stride) % frames === frame) return true;
  return false;
}

/**
 * sd-webui-animatediff's `uniform` (scripts/animatediff_infv2v.py), defects included: N protects only windows of
 * neighbours, and may leave frames in no window or visit some twice.
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
