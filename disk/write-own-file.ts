import { dirname } from 'node:path';
import { makeFolder } from './make-folder.ts';
import { renameInto } from './rename-into.ts';

/**
 * Writes a file that this program owns, such as one of the cache, as a whole, in place of an older one: a reader sees
 * one or the other, also after a power failure. Missing folders are created. Unlike `writeFileWhole`, it does not
 * preserve permissions or symbolic links.
 *
 * @param path absolute; the temporary file is `PATH.PID.tmp`
 * @throws the system's error; nothing of the new file remains
 */
export async function writeOwnFile(path: string, contents: Uint8Array | string): Promise<void> {
  await makeFolder(dirname(path));
  // One that a killed process left is written over.
  await renameInto(path, { temporary: `${path}.${process.pid}.tmp`, flags: 'w' }, (written) =>
    written.writeFile(contents),
  );
}
