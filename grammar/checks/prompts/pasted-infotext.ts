import { conversionEdits } from '../../pasted/conversion.ts';
import { findInfotext } from '../../pasted/infotext.ts';
import type { Check } from '../check.ts';

export const pastedInfotext: Check = {
  code: 'travel/pasted-infotext',
  run({ document, environment }) {
    const found = findInfotext(document, (kind, name) => environment.resolveModel(kind, name) !== null);
    if (!found) return [];
    return [
      {
        code: this.code,
        severity: 'warning',
        message:
          'These are generation parameters of AUTOMATIC1111. They are treated as prompt text in every frame. Write them as settings.',
        span: {
          ...found.span,
          end: found.span.start + document.text.slice(found.span.start, found.span.end).trimEnd().length,
        },
        fixes: [{ title: 'Convert to settings', edits: conversionEdits(document, found), mechanical: false }],
      },
    ];
  },
};
