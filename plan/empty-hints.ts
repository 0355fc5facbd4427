import { z } from 'zod';
import type { HintUnit, InputPicture } from './clip-inputs.ts';

/** Of all clips: those that were found last. */
const MOST_KEPT = 5000;

const Kept = z.array(z.string());

/**
 * What decides whether a hint is black: equal for equal hints. The seed is not a part of it, because no annotator that finds
 * nothing is random.
 */
export function hintKey(
  { preprocessor, resize, normalise, networks }: HintUnit,
  { file, shown }: InputPicture,
  { width, height }: { readonly width: number; readonly height: number },
): string {
  const files = [file, ...(networks ?? [])].map(({ path, size, mtimeMs }) => [path, size, mtimeMs]);
  return JSON.stringify([preprocessor, resize, normalise ?? null, width, height, shown ?? null, files]);
}

/** What is wrong with an image of the user's that is a hint for a model of lines. */
export type HintFault = 'dark-lines' | 'not-edges';

/** What a fault of a hint is kept as. @param key of `hintKey` */
export const faultKey = (fault: HintFault, key: string): string => `${fault} ${key}`;

/** The keys of hints that were found to be black or to have a fault, oldest first; none if the text is not that of such a file. */
export function readEmptyHints(text: string): string[] {
  try {
    return Kept.safeParse(JSON.parse(text)).data ?? [];
  } catch {
    // Not written completely, or by something else: it is made again.
    return [];
  }
}

/** The text of the file with more keys; null if it has all of them. */
export function withEmptyHints(text: string, keys: readonly string[]): string | null {
  const known = readEmptyHints(text);
  const all = new Set([...known, ...keys]);
  return all.size === known.length ? null : JSON.stringify([...all].slice(-MOST_KEPT));
}
