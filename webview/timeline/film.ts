import { type Axis, leftOf, pixelsPerFrame, visibleFrames } from './axis.ts';

/** A picture of the film: one frame, or the first of several that share it. */
export interface FilmSlot {
  readonly frame: number;
  /** Included. */
  readonly lastFrame: number;
  readonly x: number;
  readonly width: number;
}

/** Narrower pictures show nothing. */
const NARROWEST = 26;

/** The slots keep their frames while the timeline is panned, so that thumbnails can be reused. */
export function filmSlots(axis: Axis, frames: number): readonly FilmSlot[] {
  const scale = pixelsPerFrame(axis);
  const step = scale >= 16 ? 1 : 2 ** Math.ceil(Math.log2(NARROWEST / scale));
  const { first, last } = visibleFrames(axis, frames);
  const slots: FilmSlot[] = [];
  for (let frame = Math.floor(first / step) * step; frame <= last; frame += step) {
    const lastFrame = Math.min(frame + step, frames) - 1;
    slots.push({ frame, lastFrame, x: leftOf(axis, frame), width: (lastFrame - frame + 1) * scale });
  }
  return slots;
}
