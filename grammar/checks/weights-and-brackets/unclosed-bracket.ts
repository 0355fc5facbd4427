import { CLOSER, pairBrackets } from '../../syntax/brackets.ts';
import { type PromptCheck, replace } from '../check.ts';

export const unclosedBracket: PromptCheck = {
  code: 'travel/unclosed-bracket',
  *find(prompt) {
    const end = { start: prompt.span.end, end: prompt.span.end };
    for (const { text, span } of pairBrackets(prompt).unclosed) {
      yield {
        code: this.code,
        severity: 'warning',
        message: `“${text}” is never closed. It extends to the end of the prompt, including the tail. Close it, or write “\\${text}” for the character.`,
        span,
        fixes: [
          replace(`Add “${CLOSER[text]}” at the end`, end, CLOSER[text]!),
          replace(`Write “\\${text}”`, span, `\\${text}`),
        ],
      };
    }
  },
};
