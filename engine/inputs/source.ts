import type { SourceTimes } from '../../plan/source-time.ts';
import { refusedSize } from '../../videos/refusals.ts';

/** Pixels. */
export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

/** A picture of an input: 8-bit RGB `[height, width, 3]`, transparent parts on white. */
export interface SourcePicture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
  /**
   * Whether it stands for a frame that cannot be decoded. What is made of it is not kept, so that each render decodes it
   * and reports the damage.
   */
  readonly standsIn?: true;
}

/** A video that was opened: its times are known, and nothing is decoded yet. */
export interface VideoSource {
  readonly times: SourceTimes;
  /** Seconds that its header promises, if the file ends before; else null. */
  readonly cutOffFrom: number | null;
  /**
   * Its frames, decoded one after the other, so that memory does not depend on how many there are. The pixels of one are
   * valid until the next is asked for: who keeps them, copies them.
   *
   * @param picks positions of frames, ascending
   * @param size to stretch to; null: as the video is displayed
   */
  readonly frames: (
    picks: readonly number[],
    size: PixelSize | null,
  ) => AsyncIterable<{ readonly frame: number; readonly picture: SourcePicture }>;
}

/** What reading an input needs. */
export interface InputContext {
  readonly signal: AbortSignal;
  /** Receives what the user should know about a render that goes on. */
  readonly warn: (line: string) => void;
  /** Receives what the user may want to know. */
  readonly info: (line: string) => void;
  /** Absolute path of the folder that keeps decoded frames of videos; absent or null: none are kept. */
  readonly cacheFolder?: string | null;
}

/** Why a size is not read; null if it is. @param name of the file */
export function tooLarge(name: string, width: number, height: number): string | null {
  const refusal = refusedSize(width, height);
  return refusal && `“${name}” ${refusal.is}`;
}
