import { smallest } from '../../plan/extremes.ts';
import type { TravelPlan } from '../../plan/plan.ts';

/** Decoded frames of a plan: 8-bit RGB, row-major, `width * height * 3` bytes each. */
export interface Frames {
  readonly width: number;
  readonly height: number;
  readonly count: number;
  /** Read when it is needed, so that not all frames are in memory. @param index 0 … count − 1, of a frame that is shown */
  rgb(index: number): Uint8Array | Promise<Uint8Array>;
}

/** Frames that are all in memory. */
export interface FramesInMemory extends Frames {
  rgb(index: number): Uint8Array;
}

/** The sound of a video that is written with frames. */
export interface Sound {
  /** Absolute path of the video. */
  readonly path: string;
  /** Seconds in the file at which it starts. */
  readonly start: number;
  readonly seconds: number;
  /** Seconds from `start` after which it starts again, and of which the first time leaves out some; absent: it does not. */
  readonly repeat?: { readonly seconds: number; readonly leftOut: number };
}

/** Frames in display order, with their rate and loop count. */
export interface Clip extends Frames {
  /** Frames per second, above 0. */
  readonly fps: number;
  /** How often the clip plays; 0: forever. */
  readonly loop: number;
  /** The number in the whole clip of the first of these frames, 0-based. */
  readonly firstNumber: number;
  /** Absent: none. */
  readonly sound?: Sound;
}

/**
 * The clip that a plan shows.
 *
 * @throws RangeError when the order contains a frame that does not exist
 */
export function displayed(
  frames: Frames,
  { frames: planned, output: { order, fps, loop } }: Pick<TravelPlan, 'frames' | 'output'>,
): Clip {
  const missing = order.find((position) => position >= frames.count);
  if (missing !== undefined) {
    throw new RangeError(`The plan shows frame ${missing}, but only ${frames.count} frames were rendered.`);
  }
  return {
    width: frames.width,
    height: frames.height,
    count: order.length,
    rgb: (index) => frames.rgb(order[index]!),
    fps,
    loop,
    firstNumber: planned[smallest(order)]!.index,
  };
}

/** New frames behind a frame of a clip, which are made or read when they are needed. */
export type FramesBetween = () => Promise<readonly Uint8Array[]>;

/**
 * A clip with new frames between its own.
 *
 * @param between those behind each of its frames, by position; the last one may have none
 * @param count of new frames in each gap
 */
export function withBetween(clip: Clip, between: readonly FramesBetween[], count: number): Clip {
  /** Frames of a gap are shown one after the other. */
  let last: { readonly gap: number; readonly frames: Promise<readonly Uint8Array[]> } | null = null;
  const inGap = async (gap: number, index: number) => {
    if (last?.gap !== gap) last = { gap, frames: between[gap]!() };
    return (await last.frames)[index]!;
  };
  return {
    ...clip,
    count: clip.count + between.length * count,
    rgb: (index) => {
      const [position, after] = [Math.floor(index / (count + 1)), index % (count + 1)];
      return after === 0 ? clip.rgb(position) : inGap(position, after - 1);
    },
  };
}

/** A frame of a clip and its duration, in ticks of its format. */
export interface TimedFrame {
  readonly index: number;
  readonly ticks: number;
}

/**
 * The frames to write and their durations, for a format that counts time in whole ticks. Each frame ends at the tick
 * nearest to its exact end, so rounding errors never add up and the clip's duration is exact to half a tick. Players
 * slow down frames that are too short; such a frame is omitted, and its time is added to the previous one.
 *
 * @param shortest the fewest ticks that players support, at least 1
 * @param longest the most ticks that the format can store; longer frames are shortened to it
 */
export function timed(
  { count, fps }: Pick<Clip, 'count' | 'fps'>,
  ticksPerSecond: number,
  shortest: number,
  longest: number,
): TimedFrame[] {
  const end = (index: number) => Math.round(((index + 1) * ticksPerSecond) / fps);
  const kept: TimedFrame[] = [];
  let start = 0;
  let first = 0;
  for (let index = 0; index < count; index++) {
    const ticks = end(index) - start;
    const rest = end(count - 1) - end(index);
    if (ticks < shortest || (rest > 0 && rest < shortest)) continue;
    kept.push({ index: first, ticks: Math.min(ticks, longest) });
    start = end(index);
    first = index + 1;
  }
  return kept.length > 0 ? kept : [{ index: 0, ticks: shortest }];
}
