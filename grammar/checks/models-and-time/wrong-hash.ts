import { type Check, replace } from '../check.ts';

export const wrongHash: Check = {
  code: 'travel/wrong-hash',
  run(clip) {
    return clip.models.issues
      .filter((issue) => issue.kind === 'wrong-hash')
      .flatMap(({ name, setting, wrongHash: { written, actual } }) => {
        const span = clip.spans.get(setting)?.value;
        if (!span) return [];
        const corrected = name.replace(`[${written}]`, `[${actual}]`);
        const isVerbatim = clip.document.text.slice(span.start, span.end) === name;
        return {
          code: this.code,
          severity: 'warning',
          message:
            `The file has the hash ${actual}, not ${written}. It is another version of the model, so frames can look ` +
            'different. Use the file with that hash, or remove the hash from the name.',
          span,
          fixes: isVerbatim ? [replace(`Change to “${corrected}”`, span, corrected)] : [],
        };
      });
  },
};
