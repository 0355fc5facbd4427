import { CLOSER, pairBrackets } from '../syntax/brackets.ts';
import { type Check, promptsOf, replace } from './check.ts';

export const unclosedBracket: Check = {
  code: 'travel/unclosed-bracket',
  run({ document }) {
    return promptsOf(document).flatMap((prompt) =>
      pairBrackets(prompt).unclosed.map(({ text, span }) => {
        const end = { start: prompt.span.end, end: prompt.span.end };
        return {
          code: this.code,
          severity: 'warning',
          message: `“${text}” is not closed, so it reaches to the end of the prompt, tail included. Close it, or write “\\${text}” for the character.`,
          span,
          fixes: [
            replace(`Add “${CLOSER[text]}” at the end`, end, CLOSER[text]!),
            replace(`Write “\\${text}”`, span, `\\${text}`),
          ],
        };
      }),
    );
  },
};
