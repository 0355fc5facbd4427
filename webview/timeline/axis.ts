/** Frames ↔ pixels of the timeline. Pure. A frame is as wide as its cell, and its mark is in the middle of the cell. */

export interface Axis {
  /** Left edge in frames: 0 is the left edge of the first cell. */
  readonly start: number;
  /** Right edge. */
  readonly end: number;
  /** CSS pixels. */
  readonly width: number;
}

/** The visible part in frames; null: all of it. */
export type Span = { readonly start: number; readonly end: number } | null;

/** Fewer frames than these are never magnified to the whole width. */
const MIN_VISIBLE = 4;

export function axisOf(span: Span, frames: number, width: number): Axis {
  const { start, end } = clampSpan(span, frames) ?? { start: 0, end: frames };
  return { start, end, width: Math.max(1, width) };
}

/** CSS pixels of a frame. */
export const pixelsPerFrame = (axis: Axis) => axis.width / (axis.end - axis.start);

/** The middle of a frame's cell. */
export const xOf = (axis: Axis, frame: number) => (frame + 0.5 - axis.start) * pixelsPerFrame(axis);

/** The left edge of a frame's cell. */
export const leftOf = (axis: Axis, frame: number) => (frame - axis.start) * pixelsPerFrame(axis);

/** The frame whose cell is at `x`, inside the clip. */
export function frameAt(axis: Axis, x: number, frames: number): number {
  const frame = Math.floor(x / pixelsPerFrame(axis) + axis.start);
  return Math.min(Math.max(frame, 0), frames - 1);
}

/** First and last visible frame, both included. */
export function visibleFrames(axis: Axis, frames: number): { readonly first: number; readonly last: number } {
  return {
    first: Math.max(0, Math.floor(axis.start)),
    last: Math.min(frames - 1, Math.ceil(axis.end) - 1),
  };
}

/** Magnifies around `x`. @param by above 1: fewer frames are visible */
export function zoomSpan(axis: Axis, frames: number, x: number, by: number): Span {
  const part = Math.min(Math.max(x / axis.width, 0), 1);
  const fixed = axis.start + part * (axis.end - axis.start);
  const size = Math.max((axis.end - axis.start) / by, Math.min(MIN_VISIBLE, frames));
  return clampSpan({ start: fixed - part * size, end: fixed + (1 - part) * size }, frames);
}

/** @param by frames, may be negative */
export function panSpan(axis: Axis, frames: number, by: number): Span {
  return clampSpan({ start: axis.start + by, end: axis.end + by }, frames);
}

/** Moves the visible part only as far as the frame needs to be inside. */
export function revealFrame(span: Span, frames: number, frame: number): Span {
  if (span === null) return null;
  if (frame < span.start) return clampSpan({ start: frame, end: frame + span.end - span.start }, frames);
  if (frame + 1 > span.end) return clampSpan({ start: frame + 1 - (span.end - span.start), end: frame + 1 }, frames);
  return span;
}

function clampSpan(span: Span, frames: number): Span {
  if (span === null) return null;
  const size = Math.max(span.end - span.start, Math.min(MIN_VISIBLE, frames));
  if (size >= frames) return null;
  const start = Math.min(Math.max(span.start, 0), frames - size);
  return { start, end: start + size };
}
