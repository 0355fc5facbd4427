import { readFile } from 'node:fs/promises';
import { type ClipTokenizer, unpackTokenizer } from '../prompt/clip-tokenizer.ts';

/** `engine/` and `dist/` are both siblings of `models/`. */
const VOCABULARY = new URL('../models/clip/merges.txt.gz', import.meta.url);

let tokenizer: Promise<ClipTokenizer> | undefined;

/** CLIP's tokenizer, loaded once from the vocabulary that is installed with the program. */
export function loadTokenizer(): Promise<ClipTokenizer> {
  tokenizer ??= readFile(VOCABULARY).then(unpackTokenizer);
  return tokenizer;
}
