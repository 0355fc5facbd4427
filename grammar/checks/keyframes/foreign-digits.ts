import type { Problem, TextSpan } from '../../problem.ts';
import { digitValue } from '../../syntax/key-notation.ts';
import { type Check, findInPrompt, type PromptCheck, replace } from '../check.ts';

const CODE = 'travel/foreign-digits';

/** A weight at the end of a bracket, or a key at the start of a line, in digits of any script. */
const WEIGHT = /(?<=:[ \t]*)[\p{Nd}.]+(?=[ \t]*\))/gu;
const KEY = /^\p{Nd}+(?=[ \t]*:)/u;

/** Digits that are neither ASCII nor full-width. Full-width digits are typographic characters. */
const FOREIGN = /(?![0-9０-９])\p{Nd}/u;

export const foreignKeyDigits: Check = {
  code: CODE,
  *run({ document: { head, tail } }) {
    for (const { prompt } of [...head, ...tail]) {
      const written = KEY.exec(prompt.text)?.[0];
      if (!written || !FOREIGN.test(written)) continue;
      yield foreignDigits(written, { ...prompt.span, end: prompt.span.start + written.length });
    }
  },
};

export const foreignWeightDigits: PromptCheck = {
  code: CODE,
  *find(prompt) {
    if (!FOREIGN.test(prompt.text)) return;
    for (const { text, span } of findInPrompt(prompt, WEIGHT)) if (FOREIGN.test(text)) yield foreignDigits(text, span);
  },
};

function foreignDigits(text: string, span: TextSpan): Problem {
  const ascii = text.replace(/\p{Nd}/gu, (digit) => `${digitValue(digit)}`);
  return {
    code: CODE,
    severity: 'warning',
    message: `“${text}” is not a number, but text. Only the digits 0 to 9 form numbers. Write “${ascii}”.`,
    span,
    fixes: [replace(`Change to “${ascii}”`, span, ascii)],
  };
}
