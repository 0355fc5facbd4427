import type { OutputFormat } from '../../plan/plan.ts';
import { ffmpegAt } from '../inputs/ffmpeg-program.ts';
import { CannotWriteError } from './atomic.ts';
import { type Container, runFfmpeg, SOUND_ENCODERS } from './ffmpeg.ts';
import { findFfmpeg, withoutFfmpeg } from './find-ffmpeg.ts';
import type { Clip } from './frames.ts';

/** How ffmpeg writes a format that we do not write ourselves. */
export interface FfmpegEncoding {
  /** Of the format, for people. */
  readonly title: string;
  readonly format: OutputFormat;
  /** What the ffmpeg must have, for people. */
  readonly encoder: string;
  /** Options of the output file. */
  readonly options: readonly string[];
  /** ffmpeg's name of the container. */
  readonly container: Container;
}

/**
 * The ffmpeg of this computer, for a format that only it writes.
 *
 * @param title of the format, for people
 * @throws CannotWriteError that says how to get it
 */
async function needFfmpeg(title: string, format: OutputFormat): Promise<string> {
  const ffmpeg = await findFfmpeg();
  if (ffmpeg !== undefined) return ffmpeg;
  throw new CannotWriteError(
    `Cannot write ${title}: that needs ffmpeg, ${withoutFfmpeg()}, and render again, or remove ${format} from \`save\`; ` +
      'mp4 and webp need none.',
  );
}

/**
 * Verifies that the ffmpeg of this computer has an encoder. Many builds leave some out.
 *
 * @throws CannotWriteError that says how to get one
 */
export async function needEncoder(
  { title, format }: Pick<FfmpegEncoding, 'title' | 'format'>,
  encoder: string,
): Promise<void> {
  const path = await needFfmpeg(title, format);
  await refuseWithout(path, [encoder], title, `or remove ${format} from \`save\``);
}

/**
 * Verifies that the ffmpeg of this computer can encode a clip with sound.
 *
 * @param encoders of the frames, without which the format is not written by ffmpeg
 * @throws CannotWriteError that says how to get one
 */
export async function needSoundEncoder(
  { title, format, container }: Pick<FfmpegEncoding, 'title' | 'format' | 'container'>,
  encoders: readonly string[] = [],
): Promise<void> {
  const path = await needFfmpeg(title, format);
  const instead = `remove ${format} from \`save\`, or set \`audio: off\``;
  await refuseWithout(path, [...encoders, SOUND_ENCODERS[container]], `${title} with sound`, instead);
}

/** @param what cannot be written without the encoders @param instead of installing another ffmpeg */
async function refuseWithout(path: string, encoders: readonly string[], what: string, instead: string): Promise<void> {
  const program = await ffmpegAt(path);
  const missing = encoders.find((encoder) => !program.encoders.has(encoder));
  if (missing === undefined) return;
  throw new CannotWriteError(
    `Cannot write ${what}: ${path} has no encoder ${missing}. Install an ffmpeg that has it (https://ffmpeg.org/download.html), ${instead}.`,
  );
}

/** @throws CannotWriteError with ffmpeg's log; the signal's reason */
export async function encodeByFfmpeg(
  clip: Clip,
  { title, format, encoder, options, container }: FfmpegEncoding,
  signal?: AbortSignal,
): Promise<Buffer> {
  const ffmpeg = await needFfmpeg(title, format);
  const result = await runFfmpeg(ffmpeg, clip, options, container, signal);
  if (result.ok) return result.bytes;
  throw new CannotWriteError(
    `Cannot write ${title}: ${ffmpeg} failed. Install an ffmpeg with ${encoder}, or remove ${format} from \`save\`. Its log: ${result.log}`,
  );
}
