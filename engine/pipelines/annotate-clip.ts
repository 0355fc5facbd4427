import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClipInputs, hintName, type InputUnit } from '../../plan/clip-inputs.ts';
import type { Annotated } from '../../protocol/engine.ts';
import type { Picture } from '../annotators/picture.ts';
import type { InputContext } from '../inputs/source.ts';
import { loadSharp } from '../media/load-sharp.ts';
import { ModelFiles } from '../models/model-files.ts';
import { reportFor, withoutEmpty } from './empty-hints.ts';
import { HintFiles } from './hint-files.ts';
import { HintMaker, identifyPictures } from './hint-maker.ts';

interface AnnotateOptions extends InputContext {
  /** Absolute folder that gets a folder for each unit. */
  readonly folder: string;
  /** Absolute; null: no cache. */
  readonly cacheFolder: string | null;
  /** Hints that are made, of all. */
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Writes the hints of a clip's ControlNet units as PNG, one for each frame that has one. No model is needed. As in a render,
 * `empty` decides what a frame with a black hint has: that, the last one that is not black, or none. Only hints of an
 * earlier run are replaced, and no file that the clip uses. What an earlier run wrote into the folder, and this one did
 * not, is removed when all hints are written, unless the clip uses it.
 *
 * @throws RenderError if a file has changed or cannot be used; CannotWriteError, before anything is written if a hint
 *   would replace another file; the signal's reason
 */
export async function annotateClip(inputs: ClipInputs, options: AnnotateOptions): Promise<Annotated[]> {
  const files = await HintFiles.open(options.folder);
  const wanted = inputs.units.flatMap(({ hint, frames }, unit) =>
    frames.flatMap((picture, frame) => (hint && picture !== null ? [{ unit, frame }] : [])),
  );
  const used = [...inputs.pictures.map(({ file }) => file), ...(inputs.masks ?? [])].map(({ path }) => path);
  // Hints that became an input are no longer only those of an earlier run.
  const areInputs = await files.verify(wanted, used);
  const written = await writeHints(inputs, files, options);
  if (!areInputs) await files.removeEarlier(options.warn);
  return written;
}

async function writeHints(inputs: ClipInputs, files: HintFiles, options: AnnotateOptions): Promise<Annotated[]> {
  const { folder: _folder, onProgress, ...context } = options;
  const used = inputs.units.map(({ frames }) => frames.filter((picture) => picture !== null));
  const total = used.reduce((sum, { length }) => sum + length, 0);
  let done = 0;
  onProgress(done, total);
  const maker = new HintMaker(
    inputs,
    { ...context, files: new ModelFiles() },
    await identifyPictures(inputs.pictures, context),
  );
  const written: Annotated[] = [];
  for (const [index, unit] of inputs.units.entries()) {
    const own = { folder: files.folderOf(index), files: [] as string[] };
    written.push(own);
    if (!unit.hint) continue;
    const empty = new Set<number>();
    for await (const { indices, hint, isEmpty } of maker.hints(unit.hint, new Set(used[index]))) {
      const png = await pngOf(hint);
      if (isEmpty) for (const picture of indices) empty.add(picture);
      for (const frame of framesWith(unit, indices)) {
        if (!isEmpty || unit.empty === undefined) own.files.push(await files.write(png, index, frame));
        onProgress(++done, total);
      }
    }
    const frames = unit.frames.map((picture, index) => ({
      index,
      control: picture === null ? null : { picture, weight: 1 },
    }));
    const report = reportFor({ name: unit.model, empty: unit.empty }, options);
    for (const [frame, control] of withoutEmpty(frames, unit.empty, empty, report).entries()) {
      if (!control || control.picture === unit.frames[frame]) continue;
      const from = hintName(unit.frames.indexOf(control.picture));
      own.files.push(await files.write(await readFile(join(own.folder, from)), index, frame));
    }
    own.files.sort();
  }
  return written;
}

/** The frames of a unit that have one of some pictures. */
function framesWith({ frames }: InputUnit, pictures: readonly number[]): number[] {
  return frames.flatMap((picture, frame) => (picture !== null && pictures.includes(picture) ? [frame] : []));
}

async function pngOf({ width, height, data }: Picture): Promise<Uint8Array> {
  const sharp = await loadSharp();
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
