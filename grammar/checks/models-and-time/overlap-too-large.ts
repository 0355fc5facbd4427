import { type Check, replace, settingSpan } from '../check.ts';

export const overlapTooLarge: Check = {
  code: 'travel/overlap-too-large',
  run(clip) {
    const { overlap, context } = clip.settings;
    if (overlap < context) return [];
    const written = clip.spans.get('overlap')?.value;
    const quarter = Math.floor(context / 4);
    return [
      {
        code: this.code,
        severity: 'error',
        message: `\`overlap\` (${overlap}) must be less than \`context\` (${context}). Otherwise the windows would never advance. Set it to ${context - 1} or less.`,
        span: settingSpan(clip, 'overlap', 'context'),
        fixes: written ? [replace(`Set to a quarter of the context, ${quarter}`, written, `${quarter}`)] : [],
      },
    ];
  },
};
