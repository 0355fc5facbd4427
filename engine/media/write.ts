import type { TravelPlan } from '../../plan/plan.ts';
import { CannotWriteError, freeNumber, numbered, tryToWrite, writeFileWhole, writeFolderWhole } from './atomic.ts';
import type { MediaFormat, Metadata } from './format.ts';
import { FORMATS } from './formats.ts';
import { type Clip, displayed, type Frames } from './frames.ts';
import { infotext } from './infotext.ts';
import { encodeRecord } from './record.ts';

export interface WriteOptions {
  readonly signal?: AbortSignal;
  /** Called with the absolute path of each file (for a PNG sequence, the folder) as soon as it is complete. */
  readonly onFile?: (path: string) => void;
}

/**
 * Writes the frames of a finished render in every format of its plan: `BASE.webp`, `BASE.mp4`, …; PNG as
 * `BASE/00000.png` …, or `BASE.png` if there is only one frame. Nothing is overwritten: if one of the names is taken, all
 * files get the same number (`BASE-2.webp`). Each file contains the `.travel` source (`extractTravel`) and appears under
 * its name only when it is complete.
 *
 * A format that fails does not stop the others, because a render is expensive.
 *
 * @returns absolute paths in the order of the plan's formats
 * @throws CannotWriteError with what could not be written and what was; or the signal's reason
 */
export async function writeOutputs(
  frames: Frames,
  plan: TravelPlan,
  { signal, onFile }: WriteOptions = {},
): Promise<{ files: string[] }> {
  signal?.throwIfAborted();
  const clip = displayed(frames, plan.output);
  const formats = formatsOf(plan.output);
  const suffixes = formats.map((format) => (isFolder(format, clip) ? '' : format.extension));
  const base = numbered(plan.output.base, await freeNumber(plan.output.base, suffixes));
  const metadata: Metadata = { record: encodeRecord(plan), infotext: infotext(plan) };
  const files: string[] = [];
  const failures: string[] = [];
  for (const format of formats) {
    try {
      const path = isFolder(format, clip)
        ? await writeFolderWhole(base, format.encodeFolder(clip, metadata, signal), signal)
        : await writeFileWhole(base, format.extension, await format.encode(clip, metadata, signal), signal);
      files.push(path);
      onFile?.(path);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof CannotWriteError)) throw error;
      failures.push(error.message);
    }
  }
  if (failures.length > 0) {
    const written = files.length > 0 ? [`Written completely: ${files.join(', ')}.`] : [];
    throw new CannotWriteError([...failures, ...written].join('\n'));
  }
  return { files };
}

/**
 * Verifies before a render that its files can be written: the folder is writable, the name is not too long, ffmpeg is
 * installed if a format needs it.
 *
 * @throws CannotWriteError
 */
export async function checkOutputs(output: TravelPlan['output']): Promise<void> {
  const formats = formatsOf(output);
  for (const { check } of formats) await check?.();
  await freeNumber(
    output.base,
    formats.map(({ extension }) => extension),
  );
  await tryToWrite(output.base);
}

function formatsOf({ formats }: TravelPlan['output']): MediaFormat[] {
  return [...new Set(formats)].map((format) => FORMATS[format]);
}

type FolderFormat = MediaFormat & Required<Pick<MediaFormat, 'encodeFolder'>>;

function isFolder(format: MediaFormat, clip: Clip): format is FolderFormat {
  return format.encodeFolder !== undefined && clip.count > 1;
}
