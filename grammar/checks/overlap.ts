import type { Check } from './check.ts';

export const overlap: Check = {
  code: 'travel/overlap-too-large',
  run({ settings, spans }) {
    if (settings.overlap < settings.context) return [];
    return [
      {
        code: this.code,
        severity: 'error',
        message: `The overlap of ${settings.overlap} is not below the context of ${settings.context}, so windows would never move on. Set it to ${settings.context - 1} or less.`,
        span: (spans.get('overlap') ?? spans.get('context'))?.value ?? { start: 0, end: 0 },
      },
    ];
  },
};
