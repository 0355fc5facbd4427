import type { Check } from '../check.ts';

export const textBetweenKeyframes: Check = {
  code: 'travel/text-between-keyframes',
  dialect: 'travel',
  run({ document: { keyframes, tail, text } }) {
    const last = keyframes.at(-1)?.span.start ?? 0;
    return tail
      .filter(({ line }) => line.start < last)
      .map(({ line, prompt }) => {
        const next = text.indexOf('\n', line.end) + 1 || text.length;
        const newline = text.endsWith('\n') ? '' : '\n';
        return {
          code: this.code,
          severity: 'error',
          message:
            'This text is between keyframes. It is treated as tail, so it is part of every frame. Move it below the last keyframe, or indent it to continue the keyframe above.',
          span: prompt.span,
          fixes: [
            {
              title: 'Move to the tail',
              edits: [
                { span: { start: line.start, end: next }, text: '' },
                {
                  span: { start: text.length, end: text.length },
                  text: `${newline}${text.slice(line.start, line.end)}\n`,
                },
              ],
              mechanical: true,
            },
            {
              title: 'Continue the keyframe above',
              edits: [{ span: { start: line.start, end: line.start }, text: '  ' }],
              mechanical: false,
            },
          ],
        };
      });
  },
};
