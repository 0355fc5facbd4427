import { memoizeByPrompt } from '../../memoize-by-prompt.ts';
import type { Fix, Problem, TextSpan } from '../../problem.ts';
import { documentSpan, promptsOf } from '../../syntax/document.ts';
import { lostKeys } from '../../syntax/key-notation.ts';
import { type Check, replace } from '../check.ts';
import { keyChange } from '../key-change.ts';

const QUOTES: ReadonlyMap<string, string> = new Map([
  ...'“”„‟'.split('').map((quote) => [quote, '"'] as const),
  ...'‘’‚'.split('').map((quote) => [quote, "'"] as const),
]);

/** The full-width forms U+FF01…U+FF5E are 0xFEE0 above ASCII. */
const toAscii = (character: string) =>
  QUOTES.get(character) ??
  (/[！-～]/.test(character) ? String.fromCharCode(character.charCodeAt(0) - 0xfee0) : character);

const TYPOGRAPHIC = /[“”„‟‘’‚]|[０-９（）［］｛｜｝：，＜＞]+/g;

export const typographicCharacters: Check = {
  code: 'travel/typographic-characters',
  *run({ document }) {
    const keys = lostKeys(document).filter(({ kind }) => kind !== 'ambiguous');
    for (const lost of keys.filter(({ kind }) => kind === 'full-width')) {
      yield {
        code: this.code,
        severity: 'warning',
        message: `“${lost.written}” is not a key. Full-width characters are treated as text${lost.key === null ? '. Write the key in ASCII.' : `. Write “${lost.key}”.`}`,
        ...keyChange(lost, document.text),
      };
    }
    for (const prompt of promptsOf(document)) {
      const typographic = matchesIn(prompt);
      if (typographic.length === 0) continue;
      const inPrompt = keys.filter(({ span }) => span.start < prompt.span.end && prompt.span.start < span.end);
      const matches = typographic
        .map(({ 0: text, index }) => ({ text, span: documentSpan(prompt, index, index + text.length) }))
        .filter(({ span }) => !inPrompt.some((key) => span.start < key.span.end && key.span.start < span.end));
      const edits = matches.map(({ text, span }) => ({ span, text: ascii(text) }));
      const all: Fix[] = edits.length > 1 ? [{ title: ALL, edits, mechanical: false }] : [];
      // A single bracket without its partner would be a new problem.
      const isPaired = matches.some(({ text }) => /[（）［］｛｝]/.test(text));
      for (const [i, { text }] of matches.entries()) {
        const { span, text: plain } = edits[i]!;
        // The tokenizer reads a full-width comma as a comma.
        if (/^，+$/.test(text)) continue;
        yield problem(text, span, plain, isPaired && all.length > 0 ? all : [], isPaired ? [] : all);
      }
    }
  },
};

const ALL = 'Change all in this prompt';

const matchesIn = memoizeByPrompt((prompt) => Array.from(prompt.text.matchAll(TYPOGRAPHIC)));

const ascii = (text: string) => Array.from(text, toAscii).join('');

function problem(
  text: string,
  span: TextSpan,
  plain: string,
  before: readonly Fix[],
  after: readonly Fix[] = [],
): Problem {
  const shown = plain.trim();
  return {
    code: 'travel/typographic-characters',
    severity: 'warning',
    message: `“${text}” is not prompt syntax. Typographic quotes and full-width characters are treated as text. Write “${shown}”.`,
    span,
    fixes: [...before, ...(before.length > 0 ? [] : [replace(`Change to “${shown}”`, span, plain)]), ...after],
  };
}
