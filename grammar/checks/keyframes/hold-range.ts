import { type Check, replace } from '../check.ts';

export const holdRange: Check = {
  code: 'travel/hold-range',
  dialect: 'travel',
  run({ timed, settings: { frames } }) {
    return timed.flatMap(({ keyframe: { hold }, frame, holdEnd }) => {
      if (!hold || frame === null || holdEnd === null) return [];
      if (holdEnd < frame) {
        const message = `The hold ends before it starts. It starts at frame ${frame} and ends at frame ${holdEnd}, so nothing is held. Write a later end.`;
        return [{ code: this.code, severity: 'warning', message, span: hold.span }];
      }
      // A start outside the clip is `key-beyond-end`, and moving the end alone would not help.
      if (holdEnd < frames || frame >= frames) return [];
      const last = frames - 1;
      return [
        {
          code: this.code,
          severity: 'warning',
          message: `The hold ends after the last frame. It extends to frame ${holdEnd}, but the clip ends at frame ${last}. Hold until frame ${last}.`,
          span: hold.span,
          fixes: [replace(`Hold until the last frame, ${last}`, hold.span, `${last}`)],
        },
      ];
    });
  },
};
