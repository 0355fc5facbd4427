import { pairBrackets } from '../../syntax/brackets.ts';
import { type PromptCheck, replace } from '../check.ts';

export const unmatchedBracket: PromptCheck = {
  code: 'travel/unmatched-bracket',
  *find(prompt) {
    for (const { text, span } of pairBrackets(prompt).unmatched) {
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
