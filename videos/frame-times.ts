import type { ReadableVideo } from '../plan/video-header.ts';

/** A frame that is shown, in seconds. */
export interface FrameTime {
  readonly start: number;
  /** 0: not known. */
  readonly seconds: number;
}

/** Containers round times to milliseconds, so frames of one duration differ by that much. */
const ROUNDED_SECONDS = 0.0021;

/** What is known without the times of frames. */
export const NO_TIMES = { frames: null, seconds: null, fps: null, isVariable: false } as const;

/**
 * What the times of frames say. The video begins with its first frame, and ends when its last one has been shown.
 *
 * @param times in any order
 */
export function summaryOf(
  times: readonly FrameTime[],
): Pick<ReadableVideo, 'frames' | 'seconds' | 'fps' | 'isVariable'> {
  const sorted = [...times].sort((a, b) => a.start - b.start);
  const [first, last, before] = [sorted[0], sorted.at(-1), sorted.at(-2)];
  if (!first || !last) return { ...NO_TIMES, frames: 0, seconds: 0 };
  const seconds = last.start - first.start + (last.seconds || (before ? last.start - before.start : 0));
  let [shortest, longest] = [Number.POSITIVE_INFINITY, 0];
  for (let i = 1; i < sorted.length; i++) {
    const gap = sorted[i]!.start - sorted[i - 1]!.start;
    if (gap < shortest) shortest = gap;
    if (gap > longest) longest = gap;
  }
  const isVariable = longest - shortest > ROUNDED_SECONDS;
  // The last frame may be shown for a long time.
  const spaces = isVariable || !before ? seconds / sorted.length : (last.start - first.start) / (sorted.length - 1);
  return { frames: sorted.length, seconds, fps: spaces > 0 ? 1 / spaces : null, isVariable };
}
