import { type Check, replace } from '../check.ts';

export const invalidPosition: Check = {
  code: 'travel/invalid-position',
  dialect: 'travel',
  run({ timed }) {
    return timed.flatMap(({ keyframe: { position, hold }, frame, holdEnd }) => {
      const wrong = frame === null ? position : hold && holdEnd === null ? hold : null;
      if (!wrong) return [];
      const whole = `${Math.floor(Number.parseFloat(wrong.text) + 0.5)}`;
      return [
        {
          code: this.code,
          severity: 'error',
          message: `“${wrong.text}” is not a valid position. Write a frame (8), a frame counted from the end (-1), 50%, 1.5s or 250ms.`,
          span: wrong.span,
          fixes: [
            replace(`Change to frame ${whole}`, wrong.span, whole),
            replace(`Change to ${wrong.text}s`, wrong.span, `${wrong.text}s`),
          ],
        },
      ];
    });
  },
};
