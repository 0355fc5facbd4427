/** When the frames of a video are shown, in seconds from its first frame. */
export interface SourceTimes {
  /** When each frame starts: the first at 0, in order. At least one. */
  readonly starts: readonly number[];
  /** When the last frame ends; Infinity if that is not known yet. */
  readonly end: number;
}

/** The part of a video that a clip uses, in seconds from its first frame. */
export interface SourceRange {
  readonly from: number;
  /** null: to its end. */
  readonly to: number | null;
  /** After its end, the part starts again. */
  readonly repeat: boolean;
}

/** Containers round times to milliseconds, so a frame may start that much later than it should. */
export const TIME_TOLERANCE = 0.001;

/** A folder of images as a video at the frame rate of the clip. @param images at least one */
export const folderTimes = (images: number, fps: number): SourceTimes => ({
  starts: Array.from({ length: images }, (_, index) => index / fps),
  end: images / fps,
});

/**
 * The frame of a video that is on screen at a time of the part that a clip uses: the last one that starts at or before
 * it. Frame i of a clip is at i ÷ fps. It is the only place that decides which frame of a video a frame of the clip
 * shows. Nothing is left out where nothing moves.
 *
 * @param at seconds after the start of the part
 * @returns 0-based; null if the part has ended by then
 */
export function shownFrame({ starts, end }: SourceTimes, { from, to, repeat }: SourceRange, at: number): number | null {
  const last = Math.min(to ?? Number.POSITIVE_INFINITY, end);
  const length = last - from;
  if (!(length > TIME_TOLERANCE)) return null;
  const rounds = repeat ? Math.floor((at + TIME_TOLERANCE) / length) : 0;
  // What is left of a round is not below 0, however it was rounded.
  const time = from + Math.max(0, at - rounds * length) + TIME_TOLERANCE;
  return time < last ? latestAt(starts, time) : null;
}

/** How many frames a clip can have at most, from a part that does not start again. */
export function mostFrames({ end }: Pick<SourceTimes, 'end'>, { from, to }: SourceRange, fps: number): number {
  const length = Math.min(to ?? Number.POSITIVE_INFINITY, end) - from - TIME_TOLERANCE;
  return Math.max(0, Math.ceil(length * fps));
}

/** The last start that is not after a time, by halving; 0 if there is none. */
function latestAt(starts: readonly number[], time: number): number {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= time) low = middle;
    else high = middle;
  }
  return low;
}
