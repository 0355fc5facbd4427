import type { PromptCheck } from '../check.ts';

export const breakInBrackets: PromptCheck = {
  code: 'travel/break-in-brackets',
  *find({ parts }) {
    let depth = 0;
    for (const { kind, text, span } of parts) {
      if (kind === 'Bracket' && (text === '(' || text === '[')) depth++;
      else if (kind === 'Bracket' && (text === ')' || text === ']')) depth = Math.max(0, depth - 1);
      else if (kind === 'Keyword' && text === 'BREAK' && depth > 0) {
        const message =
          'BREAK inside brackets does not start a new chunk. It is weighted like a word. Close the brackets before BREAK, and open them again after it.';
        yield { code: this.code, severity: 'warning', message, span };
      }
    }
  },
};
