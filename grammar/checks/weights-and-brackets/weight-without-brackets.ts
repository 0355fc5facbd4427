import { documentOffset } from '../../syntax/document.ts';
import { type PromptCheck, replace } from '../check.ts';

const WEIGHTED = /(?<![^,:()[\]{}|<>\r\n])([^,:()[\]{}|<>\r\n]+):[ \t]*(\d+\.\d+)(?=[ \t]*(?:,|$))/g;

export const bareWeight: PromptCheck = {
  code: 'travel/bare-weight',
  *find(prompt) {
    if (!prompt.text.includes(':') || prompt.parts.some(({ kind }) => kind === 'Keyword')) return;
    for (const match of blankOutBrackets(prompt.text).matchAll(WEIGHTED)) {
      const words = match[1]!.trim();
      const start = documentOffset(prompt, match.index + match[1]!.indexOf(words));
      const span = { start, end: documentOffset(prompt, match.index + match[0].length - 1) + 1 };
      const text = `(${words}:${match[2]})`;
      yield {
        code: this.code,
        severity: 'warning',
        message: `Without brackets “:${match[2]}” does not weight these words. Write “${text}”.`,
        span,
        fixes: [replace(`Change to “${text}”`, span, text)],
      };
    }
  },
};

/** The same length, with everything in brackets or tags replaced by `|`, which no bare weight holds. */
function blankOutBrackets(text: string): string {
  let depth = 0;
  let result = '';
  for (const character of text) {
    if ('([{<'.includes(character)) depth++;
    result += depth > 0 ? '|'.repeat(character.length) : character;
    if (')]}>'.includes(character)) depth = Math.max(0, depth - 1);
  }
  return result;
}
