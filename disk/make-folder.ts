import { mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Creates a folder and its missing parents. Node's `mkdir(path, {recursive: true})` does the same, but loops forever if
 * a folder exists and the system reports ENOENT for a new one in it, as Linux does in `/proc`.
 *
 * @param path absolute
 * @returns the folders that it created, the outermost first
 * @throws the system's error for the first folder that cannot be created; none remains
 */
export async function makeFolder(path: string): Promise<string[]> {
  if (await isFolder(path)) return [];
  const parent = dirname(path);
  const created = parent === path ? [] : await makeFolder(parent);
  try {
    await mkdir(path);
    return [...created, path];
  } catch (error) {
    // Another process may have created it in the meantime.
    if (await isFolder(path)) return created;
    await removeEmpty(created);
    throw error;
  }
}

/** Removes folders that `makeFolder` created, as far as they are empty. */
export async function removeEmpty(created: readonly string[]): Promise<void> {
  for (const path of created.toReversed()) {
    const removed = await rmdir(path).then(
      () => true,
      // Something is in it, or another process removed it.
      () => false,
    );
    if (!removed) return;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}
