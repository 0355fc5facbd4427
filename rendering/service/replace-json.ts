import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file in place of an older one. A reader sees the old file or the new one, also after a power failure. Missing
 * folders are created.
 *
 * @param path absolute
 * @throws the system's error; nothing of the new file remains
 */
export async function replaceJson(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.new`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(JSON.stringify(value));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch((failure: Error) => {
      console.error(`${temporary} cannot be removed: ${failure.message}`);
    });
    throw error;
  }
}
