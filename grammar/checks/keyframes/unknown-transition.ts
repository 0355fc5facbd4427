import { didYouMean } from '../../settings/did-you-mean.ts';
import { NAMED_EASINGS, parseEasing } from '../../time/easing.ts';
import { type Check, replace } from '../check.ts';

export const transition: Check = {
  code: 'travel/unknown-transition',
  dialect: 'travel',
  run({ document: { keyframes } }) {
    return keyframes.flatMap(({ transition: written }) => {
      if (!written) return [];
      const parsed = parseEasing(written.text);
      if (parsed.ok) return [];
      const meant = didYouMean(written.text, [...NAMED_EASINGS.keys()]);
      return [
        {
          code: this.code,
          severity: 'error',
          message: parsed.message,
          span: written.span,
          fixes: meant ? [replace(`Change to “${meant}”`, written.span, meant)] : [],
        },
      ];
    });
  },
};
