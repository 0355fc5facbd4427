import { FORMAT_LIMITS } from '../../plan/format-limits.ts';
import type { OutputFormat } from '../../plan/plan.ts';
import type { PublishedPlan } from '../../plan/published-plan.ts';
import type { ConvertRequest } from '../../protocol/engine.ts';
import { CannotWriteError } from './atomic.ts';
import { readClip } from './read-clip.ts';
import { checkOutputs, writeClip } from './write.ts';

/**
 * Writes the frames of a rendered file in other formats, or with another rate, number of plays or direction. Nothing is
 * rendered again. The new files hold the same source, and their plan shows the frames in the new way.
 *
 * @returns absolute paths
 * @throws an error that `failureOf` explains
 */
export async function convertClip({ path, base, formats, fps, loop, reverse }: ConvertRequest): Promise<string[]> {
  const reason = fps === null ? null : tooFast(fps, formats);
  if (reason !== null) throw new CannotWriteError(reason);
  const { clip, plan } = await readClip(path);
  // The new file has frames alone.
  const { sound: _sound, ...shownOutput } = plan.output;
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
  return (await inItsWords(writeClip(shown, { base, formats }, { ...plan, output }))).files;
}

/** The gaps of a clip that is played backward have other positions. */
function reversedCuts({ order, interpolation }: PublishedPlan['output']): PublishedPlan['output']['interpolation'] {
  if (interpolation === null) return null;
  const frames = order.length;
  return { ...interpolation, cuts: interpolation.cuts.map((gap) => (2 * frames - 2 - gap) % frames) };
}

/** A render may be too fast for one of its formats. Whoever asks for a rate wants to see all frames. */
function tooFast(fps: number, formats: readonly OutputFormat[]): string | null {
  for (const format of formats) {
    const limits = FORMAT_LIMITS[format];
    if (limits && fps > limits.fastest) {
      return `${fps} fps is too fast for ${format}: a frame of this format lasts ${limits.duration}. Use a lower rate, or mp4.`;
    }
  }
  return null;
}

/** What cannot be written is explained with the settings of a file, which a conversion does not have. */
function inItsWords<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    if (!(error instanceof CannotWriteError)) throw error;
    const message = error.message
      .replaceAll(' with `output`', '')
      .replace(/render again, or remove \w+ from `save`/, 'try again, or choose another format')
      .replace(/, or remove \w+ from `save`/, ', or choose another format')
      .replace(/, and render again/, ', and try again');
    throw new CannotWriteError(message, { cause: error.cause });
  });
}
