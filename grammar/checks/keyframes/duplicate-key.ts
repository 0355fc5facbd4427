import type { Keyframe } from '../../syntax/document.ts';
import { type Check, removeKeyframe } from '../check.ts';

export const duplicateKey: Check = {
  code: 'travel/duplicate-key',
  run({ timed, document: { text } }) {
    const seen = new Map<number, Keyframe>();
    return timed.flatMap(({ keyframe, frame }) => {
      if (frame === null) return [];
      const earlier = seen.get(frame);
      seen.set(frame, keyframe);
      if (!earlier) return [];
      return [
        {
          code: this.code,
          severity: 'warning',
          message: `Frame ${frame} already has a keyframe. Only this later one is used. Remove one of them.`,
          span: keyframe.position.span,
          related: [{ span: earlier.position.span, message: 'This keyframe is ignored.' }],
          fixes: [removeKeyframe('Remove the ignored keyframe', earlier, text)],
        },
      ];
    });
  },
};
