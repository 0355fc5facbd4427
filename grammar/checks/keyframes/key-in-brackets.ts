import type { Problem } from '../../problem.ts';
import { clearKeyAt } from '../../syntax/joined-lines.ts';
import { type Check, replace } from '../check.ts';

export const keyInBrackets: Check = {
  code: 'travel/key-in-brackets',
  dialect: 'travel',
  *run({ document: { text, joined } }): Generator<Problem, void> {
    if (text === joined) return;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      const found = joined[at] === '\n' ? null : clearKeyAt(text, at + 1);
      if (!found) continue;
      const { start, key } = found;
      yield {
        code: this.code,
        severity: 'information',
        message: `“${key}” is inside brackets, so it is text. Close the bracket above it for a keyframe. For the text, write “\\${key}”.`,
        span: { start, end: start + key.length },
        fixes: [replace(`Keep the text: write “\\${key}”`, { start, end: start }, '\\')],
      };
    }
  },
};
