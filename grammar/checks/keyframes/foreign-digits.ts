import type { Problem, TextSpan } from '../../problem.ts';
import { type Check, findInPrompt, type PromptCheck, replace } from '../check.ts';

/** A weight at the end of a bracket, or a key at the start of a line, in digits of any script. */
const WEIGHT = /(?<=:[ \t]*)[\p{Nd}.]+(?=[ \t]*\))/gu;
const KEY = /^\p{Nd}+(?=[ \t]*:)/u;

/** Digits that are neither ASCII nor full-width; `typographicCharacters` reports the latter. */
const FOREIGN = /(?![0-9０-９])\p{Nd}/u;

export const foreignKeyDigits: Check = {
  code: 'travel/foreign-digits',
  *run({ document: { head, tail } }) {
    for (const { prompt } of [...head, ...tail]) {
      const written = KEY.exec(prompt.text)?.[0];
      if (!written || !FOREIGN.test(written)) continue;
      yield foreignDigits(written, { ...prompt.span, end: prompt.span.start + written.length });
    }
  },
};

export const foreignWeightDigits: PromptCheck = {
  code: 'travel/foreign-digits',
  *find(prompt) {
    if (!FOREIGN.test(prompt.text)) return;
    for (const { text, span } of findInPrompt(prompt, WEIGHT)) if (FOREIGN.test(text)) yield foreignDigits(text, span);
  },
};

function foreignDigits(text: string, span: TextSpan): Problem {
  const plain = text.replace(/\p{Nd}/gu, (digit) => `${digitValue(digit)}`);
  return {
    code: 'travel/foreign-digits',
    severity: 'warning',
    message: `“${text}” is text here: numbers are written with the digits 0 to 9. Write “${plain}”.`,
    span,
    fixes: [replace(`Change to “${plain}”`, span, plain)],
  };
}

/** Unicode keeps each script's ten digits together, in order, so the value is the distance from the first of them. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0)!;
  let first = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
  return (code - first) % 10;
}
