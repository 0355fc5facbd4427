/**
 * Spaces and words as in A1111's regular expressions: Python's `\s` and `\b`, which differ from JavaScript's.
 */

/** Python's `\s`, for use inside a character class. */
export const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const isSpace = new RegExp(`^[${SPACE}]$`);

// Loops, because a pattern such as `\s+$` takes quadratic time over long runs of spaces.

export function trimStart(text: string): string {
  let start = 0;
  while (start < text.length && isSpace.test(text[start]!)) start++;
  return text.slice(start);
}

export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace.test(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** Split `text` at every occurrence of `word` as a whole word (`\bword\b`). @param word plain letters */
export function splitAtWord(text: string, word: string): string[] {
  if (!text.includes(word)) return [text];
  return text.split(new RegExp(`(?<![\\p{L}\\p{N}_])${word}(?![\\p{L}\\p{N}_])`, 'u'));
}

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A decimal number as Python's `float` reads it, surrounding spaces allowed; undefined if it is not a number. */
export function parseDecimal(text: string): number | undefined {
  const trimmed = trimStart(trimEnd(text));
  return DECIMAL.test(trimmed) ? Number(trimmed) : undefined;
}
