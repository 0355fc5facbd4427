import { type Check, replace } from '../check.ts';

export const overlap: Check = {
  code: 'travel/overlap-too-large',
  run({ settings, spans }) {
    if (settings.overlap < settings.context) return [];
    const written = spans.get('overlap')?.value;
    const quarter = Math.floor(settings.context / 4);
    return [
      {
        code: this.code,
        severity: 'error',
        message: `The overlap of ${settings.overlap} is not below the context of ${settings.context}, so windows would never move on. Set it to ${settings.context - 1} or less.`,
        span: written ?? spans.get('context')?.value ?? { start: 0, end: 0 },
        fixes: written ? [replace(`Set to a quarter of the context, ${quarter}`, written, `${quarter}`)] : [],
      },
    ];
  },
};
