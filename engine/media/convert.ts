import { stat } from 'node:fs/promises';
import {
  dropsFrames,
  FORMAT_LIMITS,
  FORMATS_WITH_LOOP_COUNT,
  FORMATS_WITH_SOUND,
  type Loss,
  lossesOf,
} from '../../plan/format-limits.ts';
import { fileName } from '../../plan/paths.ts';
import type { OutputFormat } from '../../plan/plan.ts';
import type { PublishedPlan } from '../../plan/published-plan.ts';
import type { ConvertRequest } from '../../protocol/engine.ts';
import { readVideoHeader } from '../../videos/read-header.ts';
import { soundIn } from '../inputs/sound.ts';
import { CannotWriteError } from './atomic.ts';
import type { Sound } from './frames.ts';
import { readClip } from './read-clip.ts';
import { checkOutputs, writeClip } from './write.ts';

/**
 * Writes the frames of a rendered file in other formats, or with another rate, number of plays or direction. Nothing is
 * rendered again. The new files hold the same source, and their plan shows the frames in the new way. Sound is written as in
 * a render: it ends with the frames, and is not played backward.
 *
 * @returns absolute paths, and what the new files lose: one sentence each
 * @throws an error that `failureOf` explains
 */
export async function convertClip({
  path,
  base,
  formats,
  fps,
  loop,
  reverse,
}: ConvertRequest): Promise<{ readonly files: string[]; readonly lost: string[] }> {
  const { clip, plan } = await readClip(path);
  const { sound: plannedSound, ...shownOutput } = plan.output;
  const order = reverse ? shownOutput.order.toReversed() : shownOutput.order;
  const interpolation = reverse ? reversedCuts(plan.output) : plan.output.interpolation;
  const output = { ...shownOutput, formats, order, interpolation, fps: fps ?? clip.fps, loop: loop ?? clip.loop };
  const { width, height, count } = clip;
  await inItsWords(checkOutputs({ output: { ...output, base }, height }));
  const shown = {
    width,
    height,
    count,
    rgb: (index: number) => clip.rgb(reverse ? count - 1 - index : index),
    fps: output.fps,
    loop: output.loop,
    firstNumber: clip.firstNumber,
  };
  const source = (await hasSound(path)) ? { path, from: 0, seconds: count / clip.fps } : null;
  const fits = source !== null && output.fps === clip.fps && formats.some((format) => FORMATS_WITH_SOUND.has(format));
  const write = (sound?: Sound) => {
    const record = { ...plan, output: { ...output, ...(sound && plannedSound && { sound: plannedSound }) } };
    return inItsWords(writeClip({ ...shown, ...(sound && { sound }) }, { base, formats }, record));
  };
  const { files, unwritten } = await withoutSoundAtWorst(write, fits ? await soundIn(source, SILENT) : undefined);
  const hadLoop = loop !== null || FORMATS_WITH_LOOP_COUNT.some((format) => path.toLowerCase().endsWith(`.${format}`));
  const written = {
    fps: output.fps,
    loop: hadLoop ? output.loop : 0,
    frames: count,
    hasSound: source !== null,
    whyNoSound: unwritten ?? (fits ? null : 'its frames have another rate now.'),
  };
  return { files, lost: formats.flatMap((format) => lostIn(format, fileName(path), written)) };
}

/** A conversion cannot be stopped, and has nothing to say while it reads. */
const SILENT = { signal: new AbortController().signal, warn: () => {}, info: () => {} };

/** Writes a clip with its sound or, if this ffmpeg cannot encode that, without. */
async function withoutSoundAtWorst(
  write: (sound?: Sound) => Promise<{ readonly files: string[] }>,
  sound: Sound | undefined,
): Promise<{ readonly files: string[]; readonly unwritten: string | null }> {
  try {
    return { ...(await write(sound)), unwritten: null };
  } catch (error) {
    if (!sound || !(error instanceof CannotWriteError)) throw error;
    return { ...(await write()), unwritten: error.message };
  }
}

/** The gaps of a clip that is played backward have other positions. */
function reversedCuts({ order, interpolation }: PublishedPlan['output']): PublishedPlan['output']['interpolation'] {
  if (interpolation === null) return null;
  const frames = order.length;
  return { ...interpolation, cuts: interpolation.cuts.map((gap) => (2 * frames - 2 - gap) % frames) };
}

/** What the new files lose, one sentence each. */
function lostIn(
  format: OutputFormat,
  name: string,
  clip: Parameters<typeof lossesOf>[1] & { readonly whyNoSound: string | null },
): string[] {
  const sentences: Readonly<Record<Loss, string>> = {
    frames: `${dropsFrames(format, clip.fps)} Use at most ${Math.floor(FORMAT_LIMITS[format]?.fastest ?? 0)}, or mp4.`,
    sound: `The sound of “${name}” is left out: ${format} files have none.`,
    loop: `${format} files have no loop count, so ${clip.loop} is left out.`,
  };
  const losses = lossesOf(format, clip);
  const isSoundLeft = clip.hasSound && clip.whyNoSound !== null && !losses.includes('sound');
  return [
    ...losses.map((loss) => sentences[loss]),
    ...(isSoundLeft ? [`The sound of “${name}” is left out: ${clip.whyNoSound}`] : []),
  ];
}

/** Whether a rendered file has sound, by its header. */
async function hasSound(path: string): Promise<boolean> {
  if ((await stat(path)).isDirectory()) return false;
  const header = await readVideoHeader(path);
  return header.kind === 'video' && header.hasAudio === true;
}

/** What cannot be written is explained with the settings of a file, which a conversion does not have. */
function inItsWords<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    if (!(error instanceof CannotWriteError)) throw error;
    const message = error.message
      .replaceAll(' with `output`', '')
      .replaceAll(', or set `audio: off`', '')
      .replace(/render again, or remove \w+ from `save`/, 'try again, or choose another format')
      .replace(/, or remove \w+ from `save`/, ', or choose another format')
      .replace(/, and render again/, ', and try again');
    throw new CannotWriteError(message, { cause: error.cause });
  });
}
