import { pairBrackets } from '../syntax/brackets.ts';
import { type Check, promptsOf, replace } from './check.ts';

export const strayBracket: Check = {
  code: 'travel/stray-bracket',
  run({ document }) {
    return promptsOf(document).flatMap((prompt) =>
      pairBrackets(prompt).stray.map(({ text, span }) => ({
        code: this.code,
        severity: 'warning',
        message: `“${text}” closes nothing and is text. Remove it, or write “\\${text}” for the character.`,
        span,
        fixes: [replace(`Remove “${text}”`, span, ''), replace(`Write “\\${text}”`, span, `\\${text}`)],
      })),
    );
  },
};
