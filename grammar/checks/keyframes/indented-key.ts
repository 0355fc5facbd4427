import { type Check, replace } from '../check.ts';

export const indentedKey: Check = {
  code: 'travel/indented-key',
  dialect: 'travel',
  run({ document: { keyframes } }) {
    return keyframes
      .filter(({ span, line }) => span.start > line.start)
      .map(({ span, line, position }) => ({
        code: this.code,
        severity: 'warning',
        message:
          'This keyframe is indented. It counts here, but AUTOMATIC1111 would take it for text. Begin it at the start of the line.',
        span: position.span,
        fixes: [replace('Remove the indent', { start: line.start, end: span.start }, '', true)],
      }));
  },
};
