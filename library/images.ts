import { access, constants, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { whyUnreadable } from '../disk/why-unreadable.ts';
import type { InputImages, OtherFiles, UnreadableImage } from '../grammar/clip/environment.ts';
import { IMAGE_ENDING, LEFT_BY_SYSTEM, OTHER_IMAGE_ENDING, VIDEO_ENDING } from '../plan/input-endings.ts';
import type { FileRef } from '../plan/plan.ts';

/** `frame2` comes before `frame10`. */
const BY_NAME = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/**
 * An image or a video, or the images of a folder in the order of their names, without those of its folders and hidden
 * ones; null if there is nothing at the path. The contents are not read.
 *
 * @param path absolute
 */
export async function findImages(path: string): Promise<InputImages | null> {
  try {
    const info = await stat(path);
    // Pipes and devices may block, or never end.
    if (!info.isDirectory() && !info.isFile()) return null;
    if (!info.isDirectory()) return { kind: 'file', files: [{ path, size: info.size, mtimeMs: info.mtimeMs }] };
    const entries = (await readdir(path, { withFileTypes: true })).filter(({ name }) => !LEFT_BY_SYSTEM.test(name));
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
    const sorted = names
      .filter((name) => IMAGE_ENDING.test(name))
      .sort((a, b) => BY_NAME.compare(a, b) || (a < b ? -1 : 1));
    const unopened: UnreadableImage[] = [];
    const files: FileRef[] = [];
    const found = await Promise.all(sorted.map((name) => refOf(join(path, name))));
    for (const [i, file] of found.entries()) {
      if (typeof file === 'string') unopened.push({ name: sorted[i]!, is: file });
      else if (file) files.push(file);
    }
    const others = othersOf(names, folders);
    return { kind: 'folder', files, others: { ...others, ...(unopened.length > 0 && { unopened }) } };
  } catch {
    // Not found, or not readable: the checks report it at its name.
    return null;
  }
}

/** What a plan needs to know of a file, or why it cannot be read; null if it was removed in the meantime. */
async function refOf(path: string): Promise<FileRef | string | null> {
  try {
    const { size, mtimeMs } = await stat(path);
    await access(path, constants.R_OK);
    return { path, size, mtimeMs };
  } catch {
    return whyUnreadable(path);
  }
}

function othersOf(names: readonly string[], folders: readonly string[]): OtherFiles {
  const others = names.filter((name) => !IMAGE_ENDING.test(name));
  const unreadable = others.filter((name) => OTHER_IMAGE_ENDING.test(name));
  const videos = others.filter((name) => VIDEO_ENDING.test(name));
  return {
    unreadable,
    videos,
    folders,
    ignored: others.filter((name) => !unreadable.includes(name) && !videos.includes(name)),
  };
}
