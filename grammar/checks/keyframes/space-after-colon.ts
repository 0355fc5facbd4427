import { type Check, replace } from '../check.ts';

export const keyBlank: Check = {
  code: 'travel/key-blank',
  dialect: 'travel',
  run({ document: { keyframes, text } }) {
    return keyframes.flatMap(({ colon, line }) => {
      let end = colon.end;
      while (end < line.end && (text[end] === ' ' || text[end] === '\t')) end++;
      const between = text.slice(colon.end, end);
      if (between === ' ' || end === line.end) return [];
      const message =
        between === ''
          ? 'A blank is missing after the colon. AUTOMATIC1111 would take this line, and all below, for text of every frame.'
          : 'One blank belongs after the colon.';
      const span = { start: colon.end, end };
      return [
        {
          code: this.code,
          severity: between === '' ? 'warning' : 'information',
          message,
          span: between === '' ? colon : span,
          fixes: [replace('Put one blank', span, ' ', true)],
        },
      ];
    });
  },
};
