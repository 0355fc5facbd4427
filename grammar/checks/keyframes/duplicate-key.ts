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
          message: `Frame ${frame} has a keyframe already; only this later one counts. Remove one of them.`,
          span: keyframe.position.span,
          related: [{ span: earlier.position.span, message: 'This one does not count.' }],
          fixes: [removeKeyframe('Remove the one that does not count', earlier, text)],
        },
      ];
    });
  },
};
