import { type FileHandle, open, rename, rm } from 'node:fs/promises';

interface Temporary {
  /** Path in the folder of the file. */
  readonly temporary: string;
  readonly flags: 'w' | 'wx';
  readonly mode?: number | undefined;
}

/**
 * Writes a temporary file, and renames it once it is complete and on the disk.
 *
 * @throws the system's error; nothing of the temporary file remains
 */
export async function renameInto(
  file: string,
  { temporary, flags, mode }: Temporary,
  write: (written: FileHandle) => Promise<void>,
): Promise<void> {
  try {
    await writeThrough(temporary, flags, write, mode);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch((failure: Error) => {
      console.error(`${temporary} cannot be removed: ${failure.message}`);
    });
    throw error;
  }
}

/**
 * Writes a file to the disk, not only to the system's cache.
 *
 * @param flags `w` to overwrite, `wx` to fail if it exists
 * @param mode permissions of a new file
 */
export async function writeThrough(
  path: string,
  flags: 'w' | 'wx',
  write: (written: FileHandle) => Promise<void>,
  mode?: number,
): Promise<void> {
  const file = await open(path, flags, mode);
  try {
    await write(file);
    await file.sync();
  } finally {
    await file.close();
  }
}
