import type { Problem } from '../../protocol/problem.ts';
import { type Check, promptsOf } from './check.ts';

export const breakInGroup: Check = {
  code: 'travel/break-in-group',
  run({ document }) {
    return promptsOf(document).flatMap(({ parts }) => {
      const problems: Problem[] = [];
      let depth = 0;
      for (const { kind, text, span } of parts) {
        if (kind === 'Bracket' && (text === '(' || text === '[')) depth++;
        else if (kind === 'Bracket' && (text === ')' || text === ']')) depth = Math.max(0, depth - 1);
        else if (kind === 'Keyword' && text === 'BREAK' && depth > 0) {
          const message =
            'BREAK inside brackets is not a break: the brackets weight it like a word. Close the brackets before it and open them again.';
          problems.push({ code: this.code, severity: 'warning', message, span });
        }
      }
      return problems;
    });
  },
};
