import { documentOffset } from '../../syntax/document.ts';
import { type PromptCheck, replace } from '../check.ts';

const WEIGHTED = /(?<![^,:()[\]{}|<>\r\n])([^,:()[\]{}|<>\r\n]+):[ \t]*(\d+\.\d+)(?=[ \t]*(?:,|$))/g;

export const weightWithoutBrackets: PromptCheck = {
  code: 'travel/weight-without-brackets',
  *find(prompt) {
    if (!prompt.text.includes(':') || prompt.parts.some(({ kind }) => kind === 'Keyword')) return;
    for (const match of maskBrackets(prompt.text).matchAll(WEIGHTED)) {
      const words = match[1]!.trim();
      const start = documentOffset(prompt, match.index + match[1]!.indexOf(words));
      const span = { start, end: documentOffset(prompt, match.index + match[0].length - 1) + 1 };
      const text = `(${words}:${match[2]})`;
      yield {
        code: this.code,
        severity: 'warning',
        message: `“:${match[2]}” has no effect without brackets. It is treated as text. Write “${text}”.`,
        span,
        fixes: [replace(`Change to “${text}”`, span, text)],
      };
    }
  },
};

/** The same length, with everything in brackets or tags replaced by `|`, which ends a match. */
function maskBrackets(text: string): string {
  let depth = 0;
  let result = '';
  for (const character of text) {
    if ('([{<'.includes(character)) depth++;
    result += depth > 0 ? '|'.repeat(character.length) : character;
    if (')]}>'.includes(character)) depth = Math.max(0, depth - 1);
  }
  return result;
}
