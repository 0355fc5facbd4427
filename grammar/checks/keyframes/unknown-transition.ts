import { NAMED_EASINGS, parseEasing } from '../../../plan/easing.ts';
import { didYouMean } from '../../settings/did-you-mean.ts';
import { type Check, correctName } from '../check.ts';

export const unknownTransition: Check = {
  code: 'travel/unknown-transition',
  dialect: 'travel',
  run({ document: { keyframes } }) {
    return keyframes.flatMap(({ transition }) => {
      if (!transition) return [];
      const parsed = parseEasing(transition.text);
      if (parsed.ok) return [];
      const meant = didYouMean(transition.text, [...NAMED_EASINGS.keys()]);
      return [
        {
          code: this.code,
          severity: 'error',
          message: parsed.message,
          span: transition.span,
          fixes: correctName(transition.span, meant),
        },
      ];
    });
  },
};
