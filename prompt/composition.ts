import type { WeightedText } from './attention.ts';
import { splitAtWord, trimEnd, trimStart } from './characters.ts';

const WEIGHT = /^[+-]?(?:\d+\.?|\d*\.\d+)$/;

/**
 * The parts of a prompt, which `AND` separates, each with its weight: the number after a colon at its end, else 1. So a
 * prompt without `AND` that ends in `:1.3` has that weight as a whole. Trailing spaces of a part are dropped.
 *
 * Source: A1111 `modules/prompt_parser.py`, `get_multicond_prompt_list`. Used for positive prompts only.
 */
export function splitComposition(prompt: string): WeightedText[] {
  return splitAtWord(prompt, 'AND').map((part) => {
    const text = trimEnd(part);
    const colon = text.lastIndexOf(':');
    const number = trimStart(text.slice(colon + 1));
    if (colon < 0 || !WEIGHT.test(number)) return { text, weight: 1 };
    return { text: trimEnd(text.slice(0, colon)), weight: Number(number) };
  });
}
