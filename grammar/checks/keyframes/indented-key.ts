import { type Check, replace } from '../check.ts';

export const indentedKey: Check = {
  code: 'travel/indented-key',
  dialect: 'travel',
  run({ document: { keyframes, text } }) {
    return keyframes
      .filter(({ span, line }) => text.slice(line.start, span.start).replace('\uFEFF', '') !== '')
      .map(({ span, line, position }) => ({
        code: this.code,
        severity: 'warning',
        message:
          'This keyframe is indented. It works here, but AUTOMATIC1111 would treat it as text of every frame. Move it to the start of the line.',
        span: position.span,
        fixes: [replace('Remove the indentation', { start: line.start, end: span.start }, '', true)],
      }));
  },
};
