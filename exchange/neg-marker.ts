/**
 * What begins the negative part of a text in FizzNodes and Deforum, also inside a word; they have no escape for it.
 *
 * Source: FizzNodes `BatchFuncs.py`, `batch_split_weighted_subprompts`; Deforum `prompt.py`, `split_weighted_subprompts`.
 */
export const NEGATIVE_MARKER = '--neg';
const MARKER = /--(?=neg)/g;

/** A prompt in which it begins nothing. CLIP’s tokenizer takes dashes and letters apart, so the tokens are the same. */
export const withoutNegMarker = (text: string): string => text.replace(MARKER, '-- ');
