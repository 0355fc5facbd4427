/** What begins the negative part of a text in FizzNodes and Deforum, wherever it stands; they have no escape for it. */
const MARKER = /--(?=neg)/g;

/** A prompt in which it begins nothing. CLIP’s tokenizer takes dashes and letters apart, so the tokens are the same. */
export const withoutNegMarker = (text: string): string => text.replace(MARKER, '-- ');
