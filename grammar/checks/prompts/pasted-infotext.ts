import { conversionEdits } from '../../pasted/conversion.ts';
import { findInfotext } from '../../pasted/infotext.ts';
import type { Check } from '../check.ts';

export const pastedInfotext: Check = {
  code: 'travel/pasted-infotext',
  run({ document, environment }) {
    const found = findInfotext(document, (kind, name) => environment.resolveModel(kind, name) !== null);
    if (!found) return [];
    const written = document.text.slice(found.span.start, found.span.end);
    return [
      {
        code: this.code,
        severity: 'warning',
        message:
          'These are generation parameters of AUTOMATIC1111. They are treated as prompt text in every frame. Write them as settings.',
        span: {
          start: found.span.start + written.length - written.trimStart().length,
          end: found.span.start + written.trimEnd().length,
        },
        fixes: [{ title: 'Convert to settings', edits: conversionEdits(document, found), mechanical: false }],
      },
    ];
  },
};
