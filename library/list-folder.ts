import type { Dirent } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LEFT_BY_SYSTEM } from '../plan/input-endings.ts';

/** Most entries that are read of a folder, so that a folder of any size takes a moment. */
const MOST_ENTRIES = 50_000;

/** Read at once. */
const BUFFER = 1000;

/**
 * The files and folders in a folder, in any order and without hidden ones; empty if it cannot be read. Links are what
 * they point to.
 *
 * @param path absolute
 */
export async function listFolder(path: string): Promise<{ readonly name: string; readonly isFolder: boolean }[]> {
  const found: Dirent[] = [];
  try {
    for await (const entry of await opendir(path, { bufferSize: BUFFER })) {
      if (!LEFT_BY_SYSTEM.test(entry.name)) found.push(entry);
      if (found.length === MOST_ENTRIES) break;
    }
  } catch {
    // Not found, not a folder, or no access: a path that is only half written.
  }
  return Promise.all(
    found.map(async (entry) => ({
      name: entry.name,
      isFolder: entry.isSymbolicLink() ? await isFolder(join(path, entry.name)) : entry.isDirectory(),
    })),
  );
}

const isFolder = (path: string) =>
  stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
