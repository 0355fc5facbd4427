import { newlineOf } from '../../line-ends.ts';
import type { Problem } from '../../problem.ts';
import { type Check, replace } from '../check.ts';

const SEPARATOR = /[\u0085\u2028\u2029]/g;

export const lineSeparator: Check = {
  code: 'travel/line-separator',
  run({ document: { text, frontMatter } }): Problem[] {
    const from = frontMatter?.span.end ?? 0;
    const first = text.slice(from).search(SEPARATOR);
    if (first < 0) return [];
    const start = from + first;
    const newline = newlineOf(text);
    // To the end, because every later line can be part of another keyframe afterwards.
    const span = { start, end: text.length };
    const code = text.charCodeAt(start).toString(16).toUpperCase().padStart(4, '0');
    return [
      {
        code: this.code,
        severity: 'warning',
        message: `This line separator (U+${code}) does not end a line here. Several lines are read as one. Replace it by a line break.`,
        span,
        fixes: [replace('Replace by a line break', span, text.slice(start).replace(SEPARATOR, newline))],
      },
    ];
  },
};
