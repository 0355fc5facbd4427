import type { Problem } from '../../problem.ts';
import { INVISIBLE_RUN, lostKeys } from '../../syntax/key-notation.ts';
import { type Check, replace } from '../check.ts';

const NAMES: ReadonlyMap<string, string> = new Map([
  ['\u00ad', 'soft hyphen'],
  ['\u061c', 'direction mark'],
  ['\u180e', 'Mongolian vowel separator'],
  ['\u200b', 'zero-width space'],
  ['\u200c', 'zero-width non-joiner'],
  ['\u200d', 'zero-width joiner'],
  ['\u2060', 'word joiner'],
  ['\ufeff', 'byte order mark'],
]);

/** Joiners between these shape letters of many scripts, and emoji. */
const JOINS = /^[\u200c\u200d]$/;
const JOINED = /[^\u0000-\u02ff\u2000-\u206f]/;

export const invisibleCharacter: Check = {
  code: 'travel/invisible-character',
  *run({ document }): Generator<Problem, void> {
    const { text, frontMatter } = document;
    const keys = lostKeys(document).filter(({ kind }) => kind !== 'invisible' && kind !== 'ambiguous');
    // At the start of a file, a byte order mark is part of the encoding.
    const from = frontMatter?.span.end ?? (text.startsWith('\ufeff') ? 1 : 0);
    for (const { 0: run, index: start } of text.matchAll(INVISIBLE_RUN)) {
      const end = start + run.length;
      if (start < from) continue;
      if (JOINS.test(run) && JOINED.test(text[start - 1] ?? '') && JOINED.test(text[end] ?? '')) continue;
      // One problem for the whole key.
      if (keys.some(({ span }) => span.start <= start && end <= span.end)) continue;
      const code = run.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
      yield {
        code: this.code,
        severity: 'warning',
        message: `Invisible character: ${NAMES.get(run[0]!) ?? 'direction mark'} (U+${code}). It is part of the text, and a key with it is text. Remove it.`,
        span: { start, end },
        fixes: [{ ...replace('Remove it', { start, end }, '', true), changesPrompt: true }],
      };
    }
  },
};
