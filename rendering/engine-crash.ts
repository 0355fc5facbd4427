import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { modelFiles } from '../plan/model-files.ts';
import { writerOf } from '../plan/partial-files.ts';
import { fileName, MODEL_INDEX } from '../plan/paths.ts';
import { plansOf, type Work } from '../plan/work.ts';
import type { LogLine, RenderResult } from '../protocol/engine.ts';

/* What is done after the engine's process has ended during a render. */

/** A model file that is not as it was when the plan was made; null if there is none. */
export async function changedModel(work: Work): Promise<string | null> {
  for (const { path, size, mtimeMs } of plansOf(work).flatMap(modelFiles)) {
    const now = await stat(path).catch(() => null);
    // The size of a model in diffusers' format is that of all of its files.
    if (now !== null && fileName(path) === MODEL_INDEX) continue;
    if (now === null || now.size !== size || Math.abs(now.mtimeMs - mtimeMs) > 1) return path;
  }
  return null;
}

/** Removes what a process that has ended was writing. */
export async function removePartials(folder: string, pid: number, log: (line: LogLine) => void): Promise<void> {
  try {
    const names = await readdir(folder);
    for (const name of names.filter((each) => writerOf(each) === pid)) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Nothing was written yet.
    if (code === 'ENOENT') return;
    log({ level: 'info', line: `Files that were not complete could not be removed from ${folder}: ${message}` });
  }
}

/** A truncated file that is mapped into memory ends the process that reads it. */
export function fileChanged(path: string, message: string): RenderResult {
  const sentence = `The model file ${path} was changed during the render. Nothing was written. Render again.`;
  return { ok: false, kind: 'file-changed', message: `${sentence}\n${message}` };
}
