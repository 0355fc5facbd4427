import { type Check, replace } from '../check.ts';

export const holdRange: Check = {
  code: 'travel/hold-range',
  dialect: 'travel',
  run({ timed, settings: { frames } }) {
    return timed.flatMap(({ keyframe: { hold }, frame, holdEnd }) => {
      if (!hold || frame === null || holdEnd === null) return [];
      if (holdEnd < frame) {
        const message = `The hold ends at frame ${holdEnd}, before it begins at ${frame}, so nothing is held. Write a later end.`;
        return [{ code: this.code, severity: 'warning', message, span: hold.span }];
      }
      if (holdEnd < frames) return [];
      return [
        {
          code: this.code,
          severity: 'warning',
          message: `The hold reaches frame ${holdEnd}, past the last frame, ${frames - 1}. It ends with the clip.`,
          span: hold.span,
          fixes: [replace('Hold through the last frame', hold.span, `${frames - 1}`)],
        },
      ];
    });
  },
};
