import { newlineOf } from '../../line-ends.ts';
import { type Check, replace } from '../check.ts';

export const loneCarriageReturn: Check = {
  code: 'travel/lone-carriage-return',
  run({ document: { text } }) {
    const first = text.search(/\r(?!\n)/);
    if (first < 0) return [];
    const newline = newlineOf(text);
    // To the end, because every later line can be part of another keyframe afterwards.
    const span = { start: first, end: text.length };
    return [
      {
        code: this.code,
        severity: 'warning',
        message:
          'Lines end with a lone carriage return (CR). It does not end a line here, so several lines are read as one. Convert the line endings.',
        span,
        fixes: [replace('Convert the line endings', span, text.slice(first).replace(/\r(?!\n)/g, newline))],
      },
    ];
  },
};
