import { type Check, removeKeyframe } from '../check.ts';

export const emptyKeyframe: Check = {
  code: 'travel/empty-keyframe',
  run({ document: { keyframes, text } }) {
    return keyframes
      .filter(({ prompt, negative }) => prompt.text === '' && !negative)
      .map((keyframe) => ({
        code: this.code,
        severity: 'warning',
        message: `The keyframe at ${keyframe.position.text} has no prompt. Only the head and the tail apply there. Write a prompt, or remove the keyframe.`,
        span: { start: keyframe.position.span.start, end: keyframe.colon.end },
        fixes: [removeKeyframe('Remove the keyframe', keyframe, text)],
      }));
  },
};
