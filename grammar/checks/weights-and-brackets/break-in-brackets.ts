import type { PromptCheck } from '../check.ts';

export const breakInGroup: PromptCheck = {
  code: 'travel/break-in-group',
  *find({ parts }) {
    let depth = 0;
    for (const { kind, text, span } of parts) {
      if (kind === 'Bracket' && (text === '(' || text === '[')) depth++;
      else if (kind === 'Bracket' && (text === ')' || text === ']')) depth = Math.max(0, depth - 1);
      else if (kind === 'Keyword' && text === 'BREAK' && depth > 0) {
        const message =
          'BREAK inside brackets is not a break: the brackets weight it like a word. Close the brackets before it and open them again.';
        yield { code: this.code, severity: 'warning', message, span };
      }
    }
  },
};
