import { parseEasing } from '../time/easing.ts';
import type { Check } from './check.ts';

export const transition: Check = {
  code: 'travel/unknown-transition',
  run({ document: { keyframes } }) {
    return keyframes.flatMap((keyframe) => {
      if (!keyframe.transition) return [];
      const parsed = parseEasing(keyframe.transition.text);
      return parsed.ok
        ? []
        : [{ code: this.code, severity: 'error', message: parsed.message, span: keyframe.transition.span }];
    });
  },
};
