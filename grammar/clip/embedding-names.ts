import { MODEL_ENDING } from '../../plan/model.ts';
import { fileName } from '../../plan/paths.ts';
import type { Environment } from './environment.ts';

/** Names to look for in prompts. Those of files that are not read yet may be no embeddings: `resolveModel` reads them. */
export function possibleEmbeddings(environment: Environment): readonly string[] {
  return environment.possibleEmbeddings?.() ?? environment.modelNames('embedding');
}

/** Where a text names the file of an embedding. */
export interface EmbeddingName {
  /** With its folders and ending, as written. */
  readonly written: string;
  readonly start: number;
  readonly end: number;
  /** Whether it is a word of its own, not a part of one. */
  readonly isWord: boolean;
}

/** What ends the folders before a name. */
const OUTSIDE_NAME = /[\s,()[\]{}|:<>]/;
const ENDING = /^\.[a-z]{2,11}(?![\p{L}\p{N}])/iu;
const LONGEST_FOLDERS = 800;

/**
 * The places where a text contains the name of a file, in any case: alone, after folders with either slash, or with the
 * ending of a model file.
 *
 * @param name without folders and ending
 */
export function* embeddingNames(text: string, name: string): Generator<EmbeddingName, void> {
  const [inText, wanted] = [text.toLowerCase(), name.trim().toLowerCase()];
  // A character can have more than one in lower case; then positions differ, and names are found without folders only.
  const isAligned = inText.length === text.length;
  if (wanted === '') return;
  for (let at = inText.indexOf(wanted); at >= 0; at = inText.indexOf(wanted, at + wanted.length)) {
    if (!isAligned) {
      yield { written: name.trim(), start: 0, end: 0, isWord: false };
      return;
    }
    const start = startOfFolders(text, at);
    const after = at + wanted.length;
    const ending = ENDING.exec(text.slice(after, after + 20))?.[0] ?? '';
    const end = after + (MODEL_ENDING.test(ending) ? ending.length : 0);
    const isWord =
      !/[\p{L}\p{N}_]$/u.test(text.slice(0, start).slice(-2)) && !/^[\p{L}\p{N}_]/u.test(text.slice(end, end + 2));
    yield { written: text.slice(start, end), start, end, isWord };
  }
}

/** A name without folders and ending. */
export function baseOfName(name: string): string {
  return fileName(name).replace(MODEL_ENDING, '');
}

function startOfFolders(text: string, name: number): number {
  if (text[name - 1] !== '/' && text[name - 1] !== '\\') return name;
  let start = name;
  while (start > Math.max(0, name - LONGEST_FOLDERS) && !OUTSIDE_NAME.test(text[start - 1]!)) start--;
  return start;
}
