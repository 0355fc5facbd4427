import { type Check, findInPrompts, replace } from './check.ts';

const PLAIN: ReadonlyMap<string, string> = new Map([
  ...'“”„‟'.split('').map((quote) => [quote, '"'] as const),
  ...'‘’‚'.split('').map((quote) => [quote, "'"] as const),
]);

/** Full-width forms U+FF01…U+FF5E stand 0xFEE0 above ASCII. */
const plain = (character: string) => PLAIN.get(character) ?? String.fromCharCode(character.charCodeAt(0) - 0xfee0);

export const typographicCharacters: Check = {
  code: 'travel/typographic-characters',
  run({ document }) {
    return findInPrompts(document, /[“”„‟‘’‚]|[０-９（）［］：，＜＞]+/g).map(({ text, span }) => {
      const ascii = Array.from(text, plain).join('');
      return {
        code: this.code,
        severity: 'warning',
        message: `“${text}” is typographic and means nothing in a prompt's syntax. Write “${ascii}”.`,
        span,
        fixes: [replace(`Change to “${ascii}”`, span, ascii)],
      };
    });
  },
};
