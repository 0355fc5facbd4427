/** An escape that hides syntax of this language. All others, such as `\(`, belong to the prompt. */
const ESCAPE = /\\([\s\S])/g;

/**
 * A prompt without the backslashes that make `$`, braces, `|` in braces and `__` literal; `\#` and those at the start of
 * a line are removed when a file is read. In square brackets, `\|` stays: there, A1111 alternates at a bar.
 */
export function withoutEscapes(text: string): string {
  if (!text.includes('\\')) return text;
  let braces = 0;
  let brackets = 0;
  let from = 0;
  return text.replace(ESCAPE, (written, character: string, at: number) => {
    for (; from < at; from++) {
      const other = text[from];
      if (other === '{') braces++;
      else if (other === '}') braces = Math.max(0, braces - 1);
      else if (other === '[') brackets++;
      else if (other === ']') brackets = Math.max(0, brackets - 1);
    }
    from = at + 2;
    if (character === '{') braces++;
    if (character === '}') braces = Math.max(0, braces - 1);
    if (character === '$' || character === '{' || character === '}') return character;
    if (character === '_' && text[at + 2] === '_') return character;
    return character === '|' && braces > 0 && brackets === 0 ? character : written;
  });
}
