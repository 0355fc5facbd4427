import type { Problem, TextSpan } from '../../problem.ts';
import { digitValue, lostKeys } from '../../syntax/key-notation.ts';
import { type Check, findInPrompt, type PromptCheck, replace } from '../check.ts';
import { keyChange } from '../key-change.ts';

const CODE = 'travel/foreign-digits';

/** A weight at the end of a bracket, in digits of any script. */
const WEIGHT = /(?<=:[ \t]*)[\p{Nd}.]+(?=[ \t]*\))/gu;
const DIGITS = /^\p{Nd}+/u;

/** Digits that are neither ASCII nor full-width. Full-width digits are typographic characters. */
const FOREIGN = /(?![0-9０-９])\p{Nd}/u;

export const foreignKeyDigits: Check = {
  code: CODE,
  *run({ document }) {
    for (const lost of lostKeys(document)) {
      if (lost.kind !== 'foreign-digits') continue;
      const { span, related } = keyChange(lost, document.text);
      const [digits] = DIGITS.exec(lost.written)!;
      yield { ...foreignDigits(digits, { ...span, end: span.start + digits.length }), related };
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
