import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder.ts';

/**
 * Writes a file as a whole, in place of an older one: a reader sees one or the other, also after a power failure.
 * Missing folders are created. Its temporary file is `PATH.PID`.
 *
 * @param path absolute
 * @throws the system's error; nothing of the new file remains
 */
export async function replaceFile(path: string, contents: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}`;
  await makeFolder(dirname(path));
  try {
    await writeThrough(temporary, contents, 'w');
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch((failure: Error) => {
      console.error(`Could not remove ${temporary}: ${failure.message}`);
    });
    throw error;
  }
}

/**
 * Writes a file to the disk, not only to the system's cache. @param flags `w` to overwrite, `wx` to fail if it exists
 */
export async function writeThrough(path: string, contents: Uint8Array | string, flags: 'w' | 'wx'): Promise<void> {
  const file = await open(path, flags);
  try {
    await file.writeFile(contents);
    await file.sync();
  } finally {
    await file.close();
  }
}
