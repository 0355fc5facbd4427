import { fileName } from '../../plan/paths.ts';
import type { PlanSound } from '../../plan/plan.ts';
import type { Sound } from '../media/frames.ts';
import { unchangedState } from '../models/model-files.ts';
import { ffmpegFor } from './ffmpeg-program.ts';
import { scanVideo, shownStream } from './ffmpeg-scan.ts';
import type { InputContext } from './source.ts';

/**
 * Where the sound of a plan is in its file. It starts with the first frame that players show, whatever its own time is.
 *
 * @returns undefined, with a warning, if the video has no sound
 * @throws RenderError if there is no ffmpeg, or the file has changed since it was planned
 */
export async function soundOf(sound: PlanSound, context: InputContext): Promise<Sound | undefined> {
  await unchangedState(sound);
  const found = await soundIn(sound, context);
  if (!found) context.warn(`“${fileName(sound.path)}” has no sound: the clip is written without any.`);
  return found;
}

/**
 * The same of a video as it is now; undefined without a warning.
 *
 * @throws RenderError if there is no ffmpeg
 */
export async function soundIn(
  { path, from, seconds, repeat }: Pick<PlanSound, 'path' | 'from' | 'seconds' | 'repeat'>,
  context: InputContext,
): Promise<Sound | undefined> {
  const name = fileName(path);
  const scan = await scanVideo(await ffmpegFor(name), path, { ...context, name });
  if (!scan.hasAudio) return undefined;
  const { starts = [], end = 0, isCounted = true } = scan.packets[shownStream(scan.videos)] ?? {};
  const origin = isCounted ? 0 : (starts[0] ?? 0);
  if (!repeat) return { path, start: origin + from, seconds };
  // As `shownFrame` repeats the pictures.
  const part = Math.min(repeat.to ?? Number.POSITIVE_INFINITY, end - (starts[0] ?? 0)) - repeat.from;
  return {
    path,
    start: origin + repeat.from,
    seconds,
    repeat: { seconds: part, leftOut: (from - repeat.from) % part },
  };
}
