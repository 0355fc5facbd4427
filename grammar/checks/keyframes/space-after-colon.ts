import type { Fix, Problem, TextSpan } from '../../problem.ts';
import { type Check, replace } from '../check.ts';

/** Also those of other widths, and those that do not break a line, as web pages have them. */
const SPACE = /[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/;

export const spaceAfterColon: Check = {
  code: 'travel/space-after-colon',
  dialect: 'travel',
  run({ document: { keyframes, text } }) {
    return keyframes.flatMap(({ colon, line }): Problem[] => {
      let end = colon.end;
      while (end < line.end && SPACE.test(text[end]!)) end++;
      const between = text.slice(colon.end, end);
      if (between === ' ' || end === line.end) return [];
      const span = { start: colon.end, end };
      const fixes = fixesOf(span, text.slice(end, end + 5));
      if (/^[ \t\u3000]/.test(between)) {
        const message = 'Write exactly one space after the colon.';
        return [{ code: this.code, severity: 'information', message, span, fixes }];
      }
      const message =
        'Missing space after the colon. AUTOMATIC1111 would treat this line, and all lines below it, as text of every frame. Write exactly one space.';
      return [{ code: this.code, severity: 'warning', message, span: colon, fixes }];
    });
  },
};

/** After a space, “#” would start a comment and “--neg” a negative prompt; both are text now. */
function fixesOf(span: TextSpan, next: string): Fix[] {
  const isGlued = span.start === span.end;
  if (isGlued && next === '--neg') return [];
  return [replace('Write one space', span, isGlued && next.startsWith('#') ? ' \\' : ' ', true)];
}
