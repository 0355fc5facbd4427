import { type Check, replace, settingSpan } from '../check.ts';

export const contextBeyondPositions: Check = {
  code: 'travel/context-beyond-positions',
  run(clip) {
    return clip.models.issues
      .filter((issue) => issue.kind === 'context-beyond-positions')
      .map(({ name, positions }) => {
        const { context } = clip.settings;
        const written = clip.spans.get('context')?.value;
        return {
          code: this.code,
          severity: 'error',
          message: `“${name}” supports at most ${positions} frames, but the context is ${context}. Set \`context\` to ${positions} or less.`,
          span: settingSpan(clip, 'context', 'motion_module'),
          fixes: written ? [replace(`Set the context to ${positions}`, written, `${positions}`)] : [],
        };
      });
  },
};
