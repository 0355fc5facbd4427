import type { Problem } from '../../problem.ts';
import { type Check, replace } from '../check.ts';

/** Keys of other tools, which are text here: `> 0: a`, `0|a`. */
const OTHER_KEY = /^(?:>[ \t]*(-?\d+)[ \t]*:|(-?\d+)[ \t]*\|)[ \t]*(.*)$/;

/** A second key on a keyframe's line, as in `0: a | 32: b` and `0: a, 30: b`. */
const SECOND_KEY = /[|,][ \t]*(\d+)[ \t]*:(?=[ \t])/g;

export const foreignKeySyntax: Check = {
  code: 'travel/foreign-key-syntax',
  run({ document: { head, keyframes, tail, text }, settings }) {
    const problems: Problem[] = [];
    const add = (message: string, span: Problem['span'], fix: Problem['fixes']) =>
      problems.push({ code: this.code, severity: 'warning', message, span, ...(fix && { fixes: fix }) });

    for (const { prompt } of [...head, ...tail]) {
      const match = OTHER_KEY.exec(prompt.text);
      if (!match) continue;
      const key = match[1] ?? match[2];
      add(
        `This is the keyframe syntax of another tool. It is treated as text here. Write \`${key}: …\`.`,
        prompt.span,
        [replace(`Change to “${key}:”`, prompt.span, `${key}: ${match[3]}`)],
      );
    }
    for (const { position, hold, transition, colon, prompt } of keyframes) {
      const before = transition ?? hold ?? position;
      if (colon.start > before.span.end) {
        const span = { start: before.span.end, end: colon.start };
        add(
          'Unexpected space before the colon of a key. AUTOMATIC1111 would treat the line as text. Remove the space.',
          span,
          [replace('Remove the space', span, '', settings.dialect === 'travel')],
        );
      }
      const first = prompt.runs[0];
      if (!first) continue;
      const line = text.slice(first.offset, first.offset + first.length);
      for (const match of line.matchAll(SECOND_KEY)) {
        const start = first.offset + match.index;
        const span = { start, end: start + match[0].length };
        add(
          `This line seems to contain a second keyframe, ${match[1]}. It is part of the first keyframe's prompt. Write it on its own line.`,
          span,
          [replace('Move to its own line', span, `\n${match[1]}:`)],
        );
      }
    }
    return problems;
  },
};
