import type { Fix } from '../../problem.ts';
import type { FrontMatterBlock } from '../../syntax/document.ts';
import { type Check, replace } from '../check.ts';

export const frontMatterEnd: Check = {
  code: 'travel/front-matter-end',
  run({ document: { frontMatter, text } }) {
    if (!frontMatter || frontMatter.closed) return [];
    return [
      {
        code: this.code,
        severity: 'error',
        message:
          'The settings block is never closed. The whole file is read as settings, without a prompt. Add a line --- after the settings.',
        span: { start: frontMatter.span.start, end: frontMatter.yaml.start },
        fixes: [close(frontMatter, text)],
      },
    ];
  },
};

/** `frames: 16`, also a misspelled one. */
const SETTING = /^[A-Za-z_]\w*[ \t]*:(?=[ \t]|$|\d)/;
/** Empty lines, comments, and lines that continue the setting above. */
const BETWEEN = /^(?:[ \t]|#|[\]}]|$)/;
/** YAML's marker for the end of a document, and what editors make of `---`. */
const END = /^(?:\.{3}|…|[—–]+-?)[ \t]*$/;

/** Puts `---` before the first line that is not a setting; in place of another end marker. */
function close({ yaml }: FrontMatterBlock, text: string): Fix {
  const title = 'Close the settings with ---';
  let isList = false;
  for (let start = yaml.start; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const next = newline < 0 ? text.length : newline + 1;
    const line = text.slice(start, next).replace(/\r?\n$/, '');
    if (END.test(line)) return replace(title, { start, end: start + line.length }, '---');
    const isItem = isList && line.startsWith('- ');
    if (!SETTING.test(line) && !BETWEEN.test(line) && !isItem) return replace(title, { start, end: start }, '---\n');
    if (SETTING.test(line)) isList = /:[ \t]*(?:#.*)?$/.test(line);
    start = next;
  }
  const end = { start: text.length, end: text.length };
  return replace(title, end, text.endsWith('\n') ? '---\n' : '\n---\n');
}
