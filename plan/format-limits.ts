import { frameRate } from './frame-rate.ts';
import { OutputFormat } from './plan.ts';

/** Those whose files have another ending than their name. */
const ENDINGS: Readonly<Partial<Record<OutputFormat, string>>> = { prores: 'mov', ffv1: 'mkv' };

/** The ending of the files of a format, without its dot. */
export const endingOf = (format: OutputFormat): string => ENDINGS[format] ?? format;

/** The format whose files have an ending; null: none. */
export function formatOfEnding(ending: string): OutputFormat | null {
  return OutputFormat.options.find((format) => endingOf(format) === ending.toLowerCase()) ?? null;
}

export const FORMATS_WITH_SOUND: ReadonlySet<OutputFormat> = new Set(['mp4', 'webm', 'prores', 'ffv1']);

/** Those that only ffmpeg writes; mp4 has an encoder of its own. */
export const FORMATS_OF_FFMPEG: ReadonlySet<OutputFormat> = new Set(['webm', 'prores', 'ffv1']);

/** What a file format can store of a clip. */
export interface FormatLimits {
  /** Frames per second at the longest duration of a frame that is stored. */
  readonly slowest: number;
  /** Frames per second at the shortest duration of a frame that players show as it is; faster frames are dropped. */
  readonly fastest: number;
  /** The durations of a frame as text. */
  readonly duration: string;
  /** The most frames of a clip whose frames have `height` pixels. */
  readonly mostFrames: (height: number) => number;
  /** The most times that a clip is played; Infinity if the format has no such number. */
  readonly mostPlays: number;
}

/**
 * GIF counts hundredths of a second, in 16 bits; browsers show one of them as ten. WebP has 24 bits of milliseconds, of
 * which sharp writes 16, from an image that has all frames one below the other, with at most ten million rows; Chromium
 * shows 10 ms as 100. APNG has fractions of 16 bits, of which ours are milliseconds. MP4 has 32 bits for its duration, of which our frames take ten thousand units each.
 */
export const FORMAT_LIMITS: Readonly<Partial<Record<OutputFormat, FormatLimits>>> = {
  gif: {
    slowest: 100 / 65_535,
    fastest: 50,
    duration: '0.02 to 655 seconds',
    mostFrames: () => Number.POSITIVE_INFINITY,
    mostPlays: 65_536,
  },
  webp: {
    slowest: 1000 / 65_535,
    fastest: 1000 / 11,
    duration: '0.011 to 65 seconds',
    mostFrames: (height) => Math.floor(10_000_000 / height),
    mostPlays: 65_535,
  },
  apng: {
    slowest: 1000 / 65_535,
    fastest: 1000 / 11,
    duration: '0.011 to 65 seconds',
    mostFrames: () => Number.POSITIVE_INFINITY,
    mostPlays: 2 ** 32 - 1,
  },
  mp4: {
    slowest: 0.0001,
    fastest: Number.POSITIVE_INFINITY,
    duration: 'up to 10,000 seconds',
    mostFrames: () => 429_496,
    mostPlays: Number.POSITIVE_INFINITY,
  },
};

/** The formats whose files say how often they play. */
export const FORMATS_WITH_LOOP_COUNT: readonly OutputFormat[] = ['gif', 'webp', 'apng'];

/** A clip as it will be written. */
export interface WrittenClip {
  readonly fps: number;
  readonly frames: number;
  /** Pixels. */
  readonly height: number;
  /** 0: forever. */
  readonly loop: number;
}

/** Why a format cannot store a clip, and what to do; null if it can. */
export function unstorable(format: OutputFormat, { fps, frames, height, loop }: WrittenClip): string | null {
  const limits = FORMAT_LIMITS[format];
  if (!limits) return null;
  if (fps < limits.slowest) {
    return `${frameRate(fps)} fps is too slow for ${format}: a frame of this format lasts ${limits.duration}. Use a higher \`fps\`, or save another format.`;
  }
  if (frames > limits.mostFrames(height)) {
    return `${frames} frames are too many for ${format}: at this size, it stores ${limits.mostFrames(height)}. Render fewer frames, or save png.`;
  }
  if (loop > limits.mostPlays) {
    return `A loop of ${loop} is too long for ${format}: it stores at most ${limits.mostPlays}. Use a smaller \`loop\`.`;
  }
  return null;
}
