import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { InputImages } from '../grammar/clip/environment.ts';
import type { FileRef } from '../plan/plan.ts';

/** Kinds of images that sd-webui-animatediff takes from a folder. */
const IMAGE_ENDING = /\.(?:png|jpe?g|webp|tiff?)$/i;

/** `frame2` comes before `frame10`. */
const BY_NAME = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/**
 * An image, or the images of a folder in the order of their names, without those of its folders and hidden ones; null
 * if there is nothing at the path. The contents are not read.
 *
 * @param path absolute
 */
export async function findImages(path: string): Promise<InputImages | null> {
  try {
    const info = await stat(path);
    if (!info.isDirectory()) return { kind: 'file', files: [{ path, size: info.size, mtimeMs: info.mtimeMs }] };
    const names = (await readdir(path)).filter((name) => IMAGE_ENDING.test(name) && !name.startsWith('.'));
    const files: FileRef[] = [];
    for (const name of names.sort((a, b) => BY_NAME.compare(a, b) || (a < b ? -1 : 1))) {
      const file = join(path, name);
      const { size, mtimeMs } = await stat(file);
      files.push({ path: file, size, mtimeMs });
    }
    return { kind: 'folder', files };
  } catch {
    // Not found, or not readable: the checks report it at its name.
    return null;
  }
}
