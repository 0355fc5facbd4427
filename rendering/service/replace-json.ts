import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { renameInto } from '../replace-file.ts';

/**
 * Writes a file in place of an older one. A reader sees the old file or the new one, also after a power failure. Missing
 * folders are created.
 *
 * @param path absolute
 * @throws the system's error; nothing of the new file remains
 */
export async function replaceJson(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // One that a killed process left is written over.
  await renameInto(path, { temporary: `${path}.new`, flags: 'w' }, (written) =>
    written.writeFile(JSON.stringify(value)),
  );
}
