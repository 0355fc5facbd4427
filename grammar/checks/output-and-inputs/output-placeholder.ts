import { PLACEHOLDERS, unknownPlaceholders } from '../../clip/output-path.ts';
import { didYouMean } from '../../settings/did-you-mean.ts';
import { type Check, correctName, settingSpan } from '../check.ts';

export const outputPlaceholder: Check = {
  code: 'travel/output-placeholder',
  run(clip) {
    const value = settingSpan(clip, 'output');
    return unknownPlaceholders(clip.settings.output).map((name) => {
      const at = clip.document.text.slice(value.start, value.end).indexOf(`{${name}}`);
      // An inherited pattern, or one with escaped characters, is not in the text.
      const isWritten = at >= 0;
      const span = isWritten ? { start: value.start + at, end: value.start + at + name.length + 2 } : value;
      const meant = isWritten ? didYouMean(name, PLACEHOLDERS) : null;
      return {
        code: this.code,
        severity: 'error',
        message: `Unknown placeholder {${name}}. The output path can use {name}, {date}, {time} and {seed}.`,
        span,
        fixes: correctName(span, meant && `{${meant}}`),
      };
    });
  },
};
