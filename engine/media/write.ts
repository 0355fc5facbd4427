import type { OutputFormat, TravelPlan } from '../../plan/plan.ts';
import { CannotWriteError, freeNumber, numbered, tryToWrite, writeFileWhole, writeFolderWhole } from './atomic.ts';
import { type Clip, displayed, type Frames } from './frames.ts';
import { encodeGif } from './gif.ts';
import { infotext } from './infotext.ts';
import { seal } from './metadata.ts';
import { encodeMp4 } from './mp4.ts';
import { encodePngs } from './png.ts';
import { encodeTxt } from './txt.ts';
import { encodeWebm, needFfmpeg } from './webm.ts';
import { encodeWebp } from './webp.ts';

export interface WriteOptions {
  readonly signal?: AbortSignal;
  /** Called with the absolute path of each file (for a PNG sequence, the folder) as soon as it is whole. */
  readonly onFile?: (path: string) => void;
}

/**
 * Writes the frames of a finished render in every format that its plan asks for: `BASE.webp`, `BASE.mp4`, …; PNGs as
 * `BASE/00000.png` …, or `BASE.png` when there is one. Nothing is overwritten: where any of the names is taken, all get
 * the same number (`BASE-2.webp`). Each file holds the `.travel` source (`extractTravel`) and appears when it is whole.
 *
 * A format that fails does not stop the others, since a render is dear.
 *
 * @returns absolute paths in the order of the plan's formats
 * @throws CannotWriteError that names what could not be written and what was; or the signal's reason
 */
export async function writeOutputs(
  frames: Frames,
  plan: TravelPlan,
  { signal, onFile }: WriteOptions = {},
): Promise<{ files: string[] }> {
  signal?.throwIfAborted();
  const clip = displayed(frames, plan.output);
  const formats = [...new Set(plan.output.formats)];
  const suffixes = formats.map((format) => (isSequence(format, clip) ? '' : `.${format}`));
  const base = numbered(plan.output.base, await freeNumber(plan.output.base, suffixes));
  const sealed = seal(plan);
  const text = infotext(plan);
  const files: string[] = [];
  const failures: string[] = [];
  for (const format of formats) {
    try {
      const path = isSequence(format, clip)
        ? await writeFolderWhole(base, encodePngs(clip, sealed, text, signal), signal)
        : await writeFileWhole(base, `.${format}`, await ENCODERS[format](clip, sealed, text, signal), signal);
      files.push(path);
      onFile?.(path);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof CannotWriteError)) throw error;
      failures.push(error.message);
    }
  }
  if (failures.length > 0) {
    const written = files.length > 0 ? [`Written and whole: ${files.join(', ')}.`] : [];
    throw new CannotWriteError([...failures, ...written].join('\n'));
  }
  return { files };
}

/**
 * Finds out before a render what would keep its files from being written: a folder that cannot be written to, a name that
 * is too long, ffmpeg missing for WebM.
 *
 * @throws CannotWriteError
 */
export async function checkOutputs({ base, formats }: TravelPlan['output']): Promise<void> {
  if (formats.includes('webm')) await needFfmpeg();
  await freeNumber(
    base,
    formats.map((format) => `.${format}`),
  );
  await tryToWrite(base);
}

type Encode = (clip: Clip, sealed: string, infotext: string, signal?: AbortSignal) => Promise<Uint8Array>;

const ENCODERS: Record<OutputFormat, Encode> = {
  gif: encodeGif,
  webp: encodeWebp,
  mp4: encodeMp4,
  webm: encodeWebm,
  png: async (clip, sealed, text, signal) => (await encodePngs(clip, sealed, text, signal).next()).value.bytes,
  txt: async (_, sealed, text) => encodeTxt(sealed, text),
};

function isSequence(format: OutputFormat, clip: Clip): boolean {
  return format === 'png' && clip.count > 1;
}
