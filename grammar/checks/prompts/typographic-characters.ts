import { findInPrompt, type PromptCheck, replace } from '../check.ts';

const QUOTES: ReadonlyMap<string, string> = new Map([
  ...'“”„‟'.split('').map((quote) => [quote, '"'] as const),
  ...'‘’‚'.split('').map((quote) => [quote, "'"] as const),
]);

/** The full-width forms U+FF01…U+FF5E are 0xFEE0 above ASCII. */
const toAscii = (character: string) => QUOTES.get(character) ?? String.fromCharCode(character.charCodeAt(0) - 0xfee0);

export const typographicCharacters: PromptCheck = {
  code: 'travel/typographic-characters',
  *find(prompt) {
    for (const { text, span } of findInPrompt(prompt, /[“”„‟‘’‚]|[０-９（）［］：，＜＞]+/g)) {
      const ascii = Array.from(text, toAscii).join('');
      yield {
        code: this.code,
        severity: 'warning',
        message: `“${text}” is not prompt syntax. Typographic quotes and full-width characters are treated as text. Write “${ascii}”.`,
        span,
        fixes: [replace(`Change to “${ascii}”`, span, ascii)],
      };
    }
  },
};
