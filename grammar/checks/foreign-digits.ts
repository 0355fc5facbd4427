import type { Problem } from '../../protocol/problem.ts';
import { type Check, findInPrompts, promptsOf, replace } from './check.ts';

/** A weight at the end of a bracket, or a key at the start of a line, in digits of any script. */
const WEIGHT = /(?<=:[ \t]*)[\p{Nd}.]+(?=[ \t]*\))/gu;
const KEY = /^\p{Nd}+(?=[ \t]*:)/u;

/** Digits that are neither ASCII nor full-width; `typographicCharacters` reports the latter. */
const FOREIGN = /(?![0-9０-９])\p{Nd}/u;

export const foreignDigits: Check = {
  code: 'travel/foreign-digits',
  run({ document }) {
    const { head, tail } = document;
    const keys = [...head, ...tail].flatMap(({ prompt }) => {
      const written = KEY.exec(prompt.text)?.[0];
      return written ? [{ text: written, span: { ...prompt.span, end: prompt.span.start + written.length } }] : [];
    });
    const weights = promptsOf(document).some(({ text }) => FOREIGN.test(text)) ? findInPrompts(document, WEIGHT) : [];
    return [...keys, ...weights]
      .filter(({ text }) => FOREIGN.test(text))
      .map(({ text, span }): Problem => {
        const plain = text.replace(/\p{Nd}/gu, (digit) => `${digitValue(digit)}`);
        return {
          code: this.code,
          severity: 'warning',
          message: `“${text}” is text here: numbers are written with the digits 0 to 9. Write “${plain}”.`,
          span,
          fixes: [replace(`Change to “${plain}”`, span, plain)],
        };
      });
  },
};

/** Unicode keeps each script's ten digits together, in order, so the value is the distance from the first of them. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0)!;
  let first = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
  return (code - first) % 10;
}
