import { MODEL_ENDING, MODEL_ENDINGS } from '../../plan/model.ts';

/** Where a text names the file of an embedding. */
export interface EmbeddingName {
  /** With its folders and ending, as written. */
  readonly written: string;
  readonly start: number;
  readonly end: number;
  /** Whether it is a word of its own, not a part of one. */
  readonly isWord: boolean;
}

/** A name's folders, before the name. */
const FOLDERS = /(?:[^\s,()[\]{}|:<>\\/]{1,100}[\\/]){1,8}$/;
const ENDING = new RegExp(`^\\.(?:${MODEL_ENDINGS.join('|')})(?![\\p{L}\\p{N}])`, 'iu');
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
    const start = at - (FOLDERS.exec(text.slice(Math.max(0, at - LONGEST_FOLDERS), at))?.[0].length ?? 0);
    const after = at + wanted.length;
    const end = after + (ENDING.exec(text.slice(after, after + 20))?.[0].length ?? 0);
    const isWord =
      !/[\p{L}\p{N}_]$/u.test(text.slice(0, start).slice(-2)) && !/^[\p{L}\p{N}_]/u.test(text.slice(end, end + 2));
    yield { written: text.slice(start, end), start, end, isWord };
  }
}

/** A name without folders and ending. */
export function baseOfName(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).replace(MODEL_ENDING, '');
}
