import { findInPrompt, type PromptCheck, replace } from '../check.ts';

const PLAIN: ReadonlyMap<string, string> = new Map([
  ...'“”„‟'.split('').map((quote) => [quote, '"'] as const),
  ...'‘’‚'.split('').map((quote) => [quote, "'"] as const),
]);

/** Full-width forms U+FF01…U+FF5E stand 0xFEE0 above ASCII. */
const plain = (character: string) => PLAIN.get(character) ?? String.fromCharCode(character.charCodeAt(0) - 0xfee0);

export const typographicCharacters: PromptCheck = {
  code: 'travel/typographic-characters',
  *find(prompt) {
    for (const { text, span } of findInPrompt(prompt, /[“”„‟‘’‚]|[０-９（）［］：，＜＞]+/g)) {
      const ascii = Array.from(text, plain).join('');
      yield {
        code: this.code,
        severity: 'warning',
        message: `“${text}” is typographic and means nothing in a prompt's syntax. Write “${ascii}”.`,
        span,
        fixes: [replace(`Change to “${ascii}”`, span, ascii)],
      };
    }
  },
};
