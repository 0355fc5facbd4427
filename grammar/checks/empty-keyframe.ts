import type { Check } from './check.ts';

export const emptyKeyframe: Check = {
  code: 'travel/empty-keyframe',
  run({ document: { keyframes } }) {
    return keyframes
      .filter(({ prompt, negative }) => prompt.text === '' && !negative)
      .map(({ position, colon }) => ({
        code: this.code,
        severity: 'warning',
        message: `The keyframe at ${position.text} is empty, so only head and tail are left there. Write a prompt, or remove the line.`,
        span: { start: position.span.start, end: colon.end },
      }));
  },
};
