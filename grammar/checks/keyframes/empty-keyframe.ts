import { type Check, removeKeyframe } from '../check.ts';

export const emptyKeyframe: Check = {
  code: 'travel/empty-keyframe',
  run({ document: { keyframes, text } }) {
    return keyframes
      .filter(({ prompt, negative }) => prompt.text === '' && !negative)
      .map((keyframe) => ({
        code: this.code,
        severity: 'warning',
        message: `The keyframe at ${keyframe.position.text} is empty, so only head and tail are left there. Write a prompt, or remove the line.`,
        span: { start: keyframe.position.span.start, end: keyframe.colon.end },
        fixes: [removeKeyframe('Remove the keyframe', keyframe, text)],
      }));
  },
};
