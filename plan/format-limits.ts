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

/** Those whose files play. */
export const FORMATS_WITH_TIME: readonly OutputFormat[] = ['gif', 'mp4', 'webp', 'webm', 'apng', 'prores', 'ffv1'];

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

/** Something of a clip that a file of some formats does not have. */
export type Loss = 'frames' | 'sound' | 'loop';

/**
 * What a file of a format loses of a clip. A render reports it before, and a conversion after it was written.
 *
 * @param clip `loop` 0: forever, which all formats play
 */
export function lossesOf(
  format: OutputFormat,
  { fps, frames, loop, hasSound }: Pick<WrittenClip, 'fps' | 'frames' | 'loop'> & { readonly hasSound: boolean },
): Loss[] {
  const limits = FORMAT_LIMITS[format];
  return [
    ...(limits && fps > limits.fastest && frames > 1 ? (['frames'] as const) : []),
    ...(hasSound && !FORMATS_WITH_SOUND.has(format) ? (['sound'] as const) : []),
    ...(loop > 0 && FORMATS_WITH_TIME.includes(format) && !FORMATS_WITH_LOOP_COUNT.includes(format)
      ? (['loop'] as const)
      : []),
  ];
}

/** Why a format drops frames, in words. */
export const dropsFrames = (format: OutputFormat, fps: number): string =>
  `${frameRate(fps)} fps is too fast for ${format}. A frame of this format lasts ${FORMAT_LIMITS[format]?.duration}, so the file drops frames to keep its speed.`;

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
