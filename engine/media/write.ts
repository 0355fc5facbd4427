import { unstorable } from '../../plan/format-limits.ts';
import { shownFrames } from '../../plan/interpolation.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import type { PublishedPlan } from '../../plan/published-plan.ts';
import {
  CannotWriteError,
  discard,
  isDiskFull,
  publish,
  type StagedOutput,
  stageFile,
  stageFolder,
  tryToWrite,
} from './atomic.ts';
import type { MediaFormat, Metadata } from './format.ts';
import { FORMATS } from './formats.ts';
import type { Clip } from './frames.ts';
import { infotext } from './infotext.ts';
import { encodeRecord } from './record.ts';

export interface WriteOptions {
  readonly signal?: AbortSignal;
  /** Called after each format. */
  readonly onFormatDone?: () => void;
}

/**
 * Writes the clip of a finished render in every format of its plan: `BASE.webp`, `BASE.mp4`, …; PNG as `BASE/00000.png`
 * … with the numbers of the whole clip, or `BASE.png` if there is only one frame. Nothing is overwritten: if one of the
 * names is taken, all files get the same number (`BASE-2.webp`). Each file contains the `.travel` source
 * (`extractTravel`) and no path of this computer. Files appear under their names together, when all are complete.
 *
 * A format that fails does not stop the others, because a render is expensive. On a full disk, nothing is written.
 *
 * @param published what the files hold
 * @returns absolute paths in the order of the plan's formats
 * @throws CannotWriteError with what could not be written and what was; or the signal's reason
 */
export async function writeClip(
  clip: Clip,
  { base, formats }: Pick<TravelPlan['output'], 'base' | 'formats'>,
  published: PublishedPlan,
  { signal, onFormatDone }: WriteOptions = {},
): Promise<{ files: string[] }> {
  signal?.throwIfAborted();
  const metadata: Metadata = { record: encodeRecord(published), infotext: infotext(published) };
  const staged: StagedOutput[] = [];
  const failures: string[] = [];
  for (const format of formatsOf({ formats })) {
    try {
      staged.push(
        isFolder(format, clip)
          ? await stageFolder(base, format.encodeFolder(clip, metadata, signal), signal)
          : await stageFile(base, format.extension, await format.encode(clip, metadata, signal), signal),
      );
      onFormatDone?.();
    } catch (error) {
      // When there is space, all of them are written together.
      if (signal?.aborted || !(error instanceof CannotWriteError) || isDiskFull(error.cause)) {
        await discard(staged);
        throw signal?.aborted ? signal.reason : error;
      }
      failures.push(error.message);
    }
  }
  if (signal?.aborted) {
    await discard(staged);
    throw signal.reason;
  }
  const files = staged.length > 0 ? await publish(base, staged) : [];
  if (failures.length > 0) {
    const written = files.length > 0 ? [`Written completely: ${files.join(', ')}.`] : [];
    throw new CannotWriteError([...failures, ...written].join('\n'));
  }
  return { files };
}

/**
 * Verifies before a render that its files can be written: the formats can store its frames, the folder is writable, the
 * name is not too long, ffmpeg is installed if a format needs it.
 *
 * @throws CannotWriteError
 */
export async function checkOutputs({
  output,
  height,
}: {
  readonly output: Pick<TravelPlan['output'], 'base' | 'formats' | 'fps' | 'loop'> & Parameters<typeof shownFrames>[0];
  readonly height: number;
}): Promise<void> {
  const clip = { ...output, frames: shownFrames(output), height };
  const reasons = output.formats.flatMap((format) => unstorable(format, clip) ?? []);
  if (reasons.length > 0) throw new CannotWriteError(`${reasons.join('\n')} Nothing was written.`);
  const formats = formatsOf(output);
  for (const { check } of formats) await check?.();
  await tryToWrite(
    output.base,
    formats.map(({ extension }) => extension),
  );
}

/**
 * Verifies before a render with sound that its files can have it.
 *
 * @throws CannotWriteError
 */
export async function checkSound(output: Pick<TravelPlan['output'], 'formats'>): Promise<void> {
  for (const { checkSound } of formatsOf(output)) await checkSound?.();
}

function formatsOf({ formats }: Pick<TravelPlan['output'], 'formats'>): MediaFormat[] {
  return [...new Set(formats)].map((format) => FORMATS[format]);
}

type FolderFormat = MediaFormat & Required<Pick<MediaFormat, 'encodeFolder'>>;

function isFolder(format: MediaFormat, clip: Clip): format is FolderFormat {
  return format.encodeFolder !== undefined && clip.count > 1;
}
