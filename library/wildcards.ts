import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** A file of choices for `__name__`. */
export interface Wildcard {
  /** Path below its folder, with `/`, without `.txt`. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

/** Files per folder that are listed; a folder with more of them is not meant for wildcards. */
const MOST_WILDCARDS = 10_000;

/** The wildcards in some folders and the folders below them, sorted by folder and path. The first of a name is used. */
export async function listWildcards(folders: readonly string[]): Promise<Wildcard[]> {
  const found = new Map<string, Wildcard>();
  for (const folder of folders) {
    for (const path of await textFilesIn(folder)) {
      const name = relative(folder, path)
        .replaceAll('\\', '/')
        .replace(/\.txt$/, '');
      if (!found.has(name)) found.set(name, { name, path });
    }
  }
  return [...found.values()];
}

async function textFilesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && entry.name.endsWith('.txt'))
      .slice(0, MOST_WILDCARDS)
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch {
    // Most documents have no wildcard folder.
    return [];
  }
}
