import { memoizeByPrompt } from '../../memoize-by-prompt.ts';
import type { Fix, Problem, TextSpan } from '../../problem.ts';
import { documentSpan, promptsOf } from '../../syntax/document.ts';
import { type Check, replace } from '../check.ts';

const QUOTES: ReadonlyMap<string, string> = new Map([
  ...'“”„‟'.split('').map((quote) => [quote, '"'] as const),
  ...'‘’‚'.split('').map((quote) => [quote, "'"] as const),
]);

/** The full-width forms U+FF01…U+FF5E are 0xFEE0 above ASCII. */
const toAscii = (character: string) =>
  QUOTES.get(character) ??
  (/[！-～]/.test(character) ? String.fromCharCode(character.charCodeAt(0) - 0xfee0) : character);

const TYPOGRAPHIC = /[“”„‟‘’‚]|[０-９（）［］｛｜｝：，＜＞]+/g;

/** A key in full-width characters at the start of a line. */
const KEY =
  /^[-－]?[0-9０-９]+(?:[.．][0-9０-９]+)?(?:[%％]|[mｍ]?[sｓ])?(?:[-－～][0-9０-９]+[%％]?)?[ \t]*[:：][ \t]*/;

export const typographicCharacters: Check = {
  code: 'travel/typographic-characters',
  *run({ document }) {
    const lines = new Set([...document.head, ...document.tail].map(({ prompt }) => prompt));
    for (const prompt of promptsOf(document)) {
      const key = lines.has(prompt) ? (KEY.exec(prompt.text)?.[0] ?? '') : '';
      if (key !== '') yield problem(key.trimEnd(), documentSpan(prompt, 0, key.length), `${asciiKey(key)} `, []);
      const matches = matchesIn(prompt).filter(({ index }) => index >= key.length);
      const edits = matches.map(({ 0: text, index }) => ({
        span: documentSpan(prompt, index, index + text.length),
        text: ascii(text),
      }));
      const all: Fix[] = edits.length > 1 ? [{ title: ALL, edits, mechanical: false }] : [];
      // A single bracket without its partner would be a new problem.
      const isPaired = matches.some(({ 0: text }) => /[（）［］｛｝]/.test(text));
      for (const [i, { 0: text }] of matches.entries()) {
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

/** `０～８：` → `0-8:` */
const asciiKey = (text: string) => ascii(text.replace(/\s+/g, '').replace('～', '-'));

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
