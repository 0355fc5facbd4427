import { whyUnreadable } from '../../disk/why-unreadable.ts';
import type { FileRef } from '../../plan/plan.ts';
import { modelStat } from '../../weights/diffusers-folder.ts';
import { RenderError } from '../failure.ts';

/** A file's identity and contents, as far as the file system knows them. */
export interface FileState extends FileRef {
  /** Differs when another file took the path. */
  readonly inode: number;
}

/**
 * The model files of a render, as they were when they were opened. Their weights stay in the files during the render,
 * so a render whose files changed mixes two models.
 */
export class ModelFiles {
  readonly #states = new Map<string, FileState>();

  /** Records a file before it is opened. @throws RenderError `file-changed` if it differs from the plan's reference */
  async use(ref: FileRef): Promise<void> {
    if (!this.#states.has(ref.path)) this.#states.set(ref.path, await unchangedState(ref));
  }

  /**
   * Verifies all recorded files. Call it before each use of a model, because a session reads its file when it is
   * created and a truncated file that is mapped ends the process, and before anything is kept that a model made.
   *
   * @throws RenderError `file-changed`
   */
  async check(): Promise<void> {
    for (const state of this.#states.values()) {
      const { inode, mtimeMs } = await unchangedState(state);
      if (inode !== state.inode || mtimeMs !== state.mtimeMs) throw changed(state.path, 'was replaced or overwritten');
    }
  }
}

/**
 * The present state of a file.
 *
 * @throws RenderError `file-changed` if it is missing, cannot be read, or has another size or time than the reference
 */
export async function unchangedState({ path, size, mtimeMs }: FileRef): Promise<FileState> {
  const found = await modelStat(path).catch(async (error: NodeJS.ErrnoException) => {
    const is = await whyUnreadable(path);
    if (is !== null) throw new RenderError('file-changed', `The file ${path} ${is}`);
    throw changed(path, `cannot be opened any more (${error.code}). It was moved or deleted`);
  });
  const is = await whyUnreadable(path);
  if (is !== null) throw new RenderError('file-changed', `The file ${path} ${is}`);
  if (!found.isFile) throw changed(path, 'is no longer a file');
  if (found.size !== size) throw changed(path, `changed from ${size} to ${found.size} bytes`);
  if (Math.abs(found.mtimeMs - mtimeMs) > 1) throw changed(path, 'was overwritten');
  return { path, size, mtimeMs: found.mtimeMs, inode: found.ino };
}

function changed(path: string, what: string): RenderError {
  return new RenderError(
    'file-changed',
    `The file ${path} ${what} after the render was planned. Nothing was written. Render again.`,
  );
}
