import { readFile } from 'node:fs/promises';
import { type ClipTokenizer, unpackTokenizer } from '../prompt/clip-tokenizer.ts';

/** Both `engine/` and `dist/` lie beside `models/`. */
const VOCABULARY = new URL('../models/clip/merges.txt.gz', import.meta.url);

let tokenizer: Promise<ClipTokenizer> | undefined;

/** CLIP's tokenizer, made once from the vocabulary that lies beside the program. */
export function loadTokenizer(): Promise<ClipTokenizer> {
  tokenizer ??= readFile(VOCABULARY).then(unpackTokenizer);
  return tokenizer;
}
