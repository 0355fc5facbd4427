import type { Problem, TextSpan } from '../problem.ts';
import type { LostKey } from '../syntax/key-notation.ts';
import { replace } from './check.ts';

/** Where a lost key is, the lines that would continue its keyframe, and the fix that makes it a key, if it is clear. */
export function keyChange(lost: LostKey, text: string): Required<Pick<Problem, 'span' | 'related' | 'fixes'>> {
  const { span, key, written } = lost;
  const start = text.indexOf(written, span.start);
  return {
    span: { start, end: start + written.length },
    related: linesBelow(span.end, text).map((line) => ({ span: line, message: 'This line continues it.' })),
    fixes:
      key === null ? [] : [{ ...replace(`Change to “${key}”`, span, keyText(lost, text), true), changesPrompt: true }],
  };
}

/** The key and a space. A `#` that follows the key directly would start a comment behind the space. */
export function keyText({ span, key }: LostKey, text: string): string {
  const next = text[span.end] ?? '\n';
  if (/[\r\n]/.test(next)) return key ?? '';
  const isGlued = !/[ \t\u3000]/.test(text[span.end - 1]!);
  return `${key} ${next === '#' && isGlued ? '\\' : ''}`;
}

/** Indented lines that a message lists. */
const MOST_LINES = 100;

function linesBelow(from: number, text: string): TextSpan[] {
  const lines: TextSpan[] = [];
  let start = text.indexOf('\n', from) + 1;
  while (start > 0 && start < text.length && lines.length < MOST_LINES) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end);
    if (line.trim() !== '') {
      if (!/^[ \t\u3000]/.test(line)) break;
      lines.push({ start, end: start + line.trimEnd().length });
    }
    start = newline + 1;
  }
  return lines;
}
