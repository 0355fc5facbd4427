import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeOwnFile } from '../../disk/write-own-file.ts';
import { withEmptyHints } from '../../plan/empty-hints.ts';
import { EMPTY_HINTS } from '../../protocol/cache-layout.ts';

/**
 * Adds hints that are black or have a fault to a file of the cache folder, from which the language server reports them.
 *
 * @param folder absolute path of the cache folder; null: there is none
 * @param keys of `hintKey` or `faultKey`
 * @throws the system's error if the file cannot be written
 */
export async function noteHints(folder: string | null, keys: readonly string[]): Promise<void> {
  if (folder === null || keys.length === 0) return;
  const path = join(folder, EMPTY_HINTS);
  const text = withEmptyHints(await readFile(path, 'utf8').catch(() => ''), keys);
  if (text !== null) await writeOwnFile(path, text);
}
