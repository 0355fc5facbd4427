import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ClipTokenizer } from '../prompt/clip-tokenizer.ts';

let tokenizer: Promise<ClipTokenizer> | undefined;

/** CLIP's tokenizer, made once from the vocabulary that lies beside the program. */
export function loadTokenizer(): Promise<ClipTokenizer> {
  tokenizer ??= readMerges().then((merges) => new ClipTokenizer(merges));
  return tokenizer;
}

/** Both `engine/` and `dist/` lie beside `models/`. */
async function readMerges(): Promise<string> {
  const packed = await readFile(new URL('../models/clip/merges.txt.gz', import.meta.url));
  return (await promisify(gunzip)(packed)).toString('utf8');
}
