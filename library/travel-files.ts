import { access, constants, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Files and folders that are looked at, and `.travel` files that are listed: enough for projects, short of a whole
 * disk.
 */
const MOST_ENTRIES = 50_000;
const MOST_FILES = 2_000;
/** Bytes; a larger file is not a `.travel` file, which has a few kB. */
export const MOST_TRAVEL_BYTES = 16 * 1024 * 1024;

/** Folders of tools. Hidden folders are left out, too. */
const NO_SOURCES = new Set(['node_modules']);

/**
 * The `.travel` files in some folders and the folders below them, without links.
 *
 * @param isDeep whether to look into the folders below
 * @returns absolute paths; `isComplete` is false if there are more
 */
export async function listTravelFiles(
  roots: readonly string[],
  isDeep: boolean,
): Promise<{ readonly paths: readonly string[]; readonly isComplete: boolean }> {
  const paths = new Set<string>();
  const folders = [...roots];
  let entriesLeft = MOST_ENTRIES;
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    for (const entry of await entriesOf(folder)) {
      if (--entriesLeft < 0) return { paths: [...paths], isComplete: false };
      const path = join(folder, entry.name);
      if (entry.isDirectory() && isDeep && !entry.name.startsWith('.') && !NO_SOURCES.has(entry.name)) {
        folders.push(path);
      } else if (entry.isFile() && entry.name.endsWith('.travel')) {
        if (paths.size >= MOST_FILES) return { paths: [...paths], isComplete: false };
        paths.add(path);
      }
    }
  }
  return { paths: [...paths].sort(), isComplete: true };
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    // A folder that cannot be read has no files that could be edited.
    return [];
  }
}

/** The text of a `.travel` file without its byte order mark; null if it cannot be read as one. */
export async function readTravelText(path: string): Promise<string | null> {
  try {
    const info = await stat(path);
    return info.isFile() && info.size <= MOST_TRAVEL_BYTES
      ? (await readFile(path, 'utf8')).replace(/^\uFEFF/, '')
      : null;
  } catch {
    // It was removed since it was listed, or `extends` names a file that does not exist.
    return null;
  }
}

/** Whether a file can be written. Its permissions count even for an administrator, as in editors. */
export async function isWritable(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK);
    return ((await stat(path)).mode & 0o222) !== 0;
  } catch {
    // The reason does not matter: the sentence is the same.
    return false;
  }
}
