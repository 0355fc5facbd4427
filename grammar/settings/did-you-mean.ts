import { closest, distance } from 'fastest-levenshtein';
import { areOpposites } from './opposites.ts';

/** Longer words are never a misspelled name, and computing the distance takes time in proportion to the length. */
const LONGEST = 64;

/**
 * The candidate that `word` most likely misspells: two neighboring letters swapped, or at most a third of its letters
 * different, ignoring case and the kind of dashes; null if none is that similar. Never one that means the opposite.
 */
export function didYouMean(word: string, names: readonly string[]): string | null {
  if (word.length > LONGEST) return null;
  const candidates = names.filter((name) => !areOpposites(word, name));
  if (candidates.length === 0) return null;
  const plain = (text: string) => text.toLowerCase().replaceAll(/[-_ ]/g, '_');
  const written = plain(word);
  const near = new Map(candidates.map((candidate) => [plain(candidate), candidate]));
  const swapped = swaps(written).find((variant) => near.has(variant));
  if (swapped !== undefined) return near.get(swapped)!;
  const best = closest(written, [...near.keys()]);
  const length = Math.max(written.length, best.length);
  // A single letter that differs is another word.
  const allowed = Math.min(length - 1, Math.max(1, Math.floor(length / 3)));
  return distance(written, best) <= allowed && mayMisspell(word, near.get(best)!) ? near.get(best)! : null;
}

/**
 * Whether the words of two names agree, each with at most a third of its letters different: `DPM++ SDE Karras` and
 * `DPM++ 2M Karras` are different samplers. Names without spaces are one word.
 */
function mayMisspell(written: string, meant: string): boolean {
  if (!meant.includes(' ')) return true;
  const [own, other] = [written, meant].map((name) => name.toLowerCase().split(/[-_ ]+/));
  if (own!.join('') === other!.join('')) return true;
  return (
    own!.length === other!.length &&
    own!.every((word, i) => distance(word, other![i]!) <= Math.floor(Math.max(word.length, other![i]!.length) / 3))
  );
}

/** A word with each two neighboring letters swapped. */
function swaps(word: string): string[] {
  return Array.from(
    { length: Math.max(0, word.length - 1) },
    (_, i) => word.slice(0, i) + word[i + 1] + word[i] + word.slice(i + 2),
  );
}
