import { pairBrackets } from '../../syntax/brackets.ts';
import { type PromptCheck, replace } from '../check.ts';

export const strayBracket: PromptCheck = {
  code: 'travel/stray-bracket',
  *find(prompt) {
    for (const { text, span } of pairBrackets(prompt).stray) {
      yield {
        code: this.code,
        severity: 'warning',
        message: `“${text}” closes nothing and is text. Remove it, or write “\\${text}” for the character.`,
        span,
        fixes: [replace(`Remove “${text}”`, span, ''), replace(`Write “\\${text}”`, span, `\\${text}`)],
      };
    }
  },
};
