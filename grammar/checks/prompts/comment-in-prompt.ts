import type { Problem } from '../../problem.ts';
import { type Check, replace } from '../check.ts';

/** A `#` with a character after it, inside a line: more likely a number or a tag than a comment. */
export const commentInPrompt: Check = {
  code: 'travel/comment-in-prompt',
  dialect: 'travel',
  run({ document: { comments, keyframes, text } }) {
    if (comments.length === 0) return [];
    const colons = new Set(keyframes.map(({ colon }) => colon.end));
    return comments.flatMap(({ start, end }): Problem[] => {
      if (!/^#[^\s#!]/.test(text.slice(start, start + 2))) return [];
      let before = start;
      while (text[before - 1] === ' ' || text[before - 1] === '\t') before--;
      const beginsLine = before === 0 || text[before - 1] === '\n' || text[before - 1] === '\r';
      if (beginsLine || colons.has(before)) return [];
      const written = text.slice(start, Math.min(end, start + 20)).trimEnd();
      return [
        {
          code: this.code,
          severity: 'information',
          message: `“${written}” begins a comment. The rest of the line is not part of the prompt. Write “\\#” for the character, or “# ” for a comment.`,
          span: { start, end },
          fixes: [
            replace('Write “\\#”', { start, end: start }, '\\'),
            replace('Write “# ”', { start: start + 1, end: start + 1 }, ' '),
          ],
        },
      ];
    });
  },
};
