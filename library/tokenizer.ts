import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClipTokenizer, unpackTokenizer } from '../prompt/clip-tokenizer.ts';

const opened = new Map<string, Promise<ClipTokenizer | null>>();

/**
 * CLIP's tokenizer, created once. null, with a line in the log, if its vocabulary is missing; then tokens are not
 * counted.
 *
 * @param modelsFolder the program's own `models` folder
 */
export function openTokenizer(modelsFolder: string): Promise<ClipTokenizer | null> {
  const known = opened.get(modelsFolder) ?? readTokenizer(join(modelsFolder, 'clip', 'merges.txt.gz'));
  opened.set(modelsFolder, known);
  return known;
}

async function readTokenizer(path: string): Promise<ClipTokenizer | null> {
  try {
    return await unpackTokenizer(await readFile(path));
  } catch (error) {
    console.error(`CLIP vocabulary ${path} cannot be read, so tokens are not counted: ${(error as Error).message}`);
    return null;
  }
}
