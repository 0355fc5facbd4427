import { pairBrackets } from '../../syntax/brackets.ts';
import { type PromptCheck, replace } from '../check.ts';

/** `:)`, `;)`, `>:)`, `:-]`: text that A1111 leaves as it is. */
const SMILE = /(?<![\p{L}\p{N}])[:;=]['o-]?$/u;

export const unmatchedBracket: PromptCheck = {
  code: 'travel/unmatched-bracket',
  *find(prompt) {
    const smiles = new Set<number>();
    for (const [i, { text, span }] of prompt.parts.entries()) {
      if (SMILE.test(text.slice(-4)) && prompt.parts[i + 1]?.span.start === span.end) smiles.add(span.end);
    }
    for (const { text, span } of pairBrackets(prompt).unmatched) {
      if (smiles.has(span.start)) continue;
      yield {
        code: this.code,
        severity: 'warning',
        message: `Unmatched “${text}”, treated as text. Remove it, or write “\\${text}” for the character.`,
        span,
        fixes: [replace(`Remove “${text}”`, span, ''), replace(`Write “\\${text}”`, span, `\\${text}`)],
      };
    }
  },
};
