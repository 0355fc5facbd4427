import type { Mt19937 } from './mt19937.ts';

/** A number of 0 … 1, without 1, as numpy's `random.uniform()` makes it from two words: 53 bits. */
export function numpyUniform(words: Mt19937): number {
  const high = words.word() >>> 5;
  const low = words.word() >>> 6;
  return (high * 2 ** 26 + low) / 2 ** 53;
}
