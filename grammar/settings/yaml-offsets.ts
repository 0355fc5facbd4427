/** Characters of an escape in double quotes, with its backslash. */
const ESCAPE_LENGTHS: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

/**
 * The offset in a written YAML scalar of each character of its value: without quotes, escapes, folded newlines and
 * indentation.
 *
 * @param written with its quotes, or with the header of a block scalar
 */
export function alignYaml(written: string, value: string): number[] {
  const isDouble = written.startsWith('"');
  const isSingle = written.startsWith("'");
  let at = isDouble || isSingle ? 1 : /^[|>]/.test(written) ? written.indexOf('\n') + 1 : 0;
  const offsets: number[] = [];
  for (let i = 0; i < value.length; i++) {
    const character = value[i]!;
    // An escape that YAML does not know is read as it is written.
    const isLiteral = character === '\\' && written[at + 1] !== '\\';
    if (isDouble && written[at] === '\\' && !isLiteral) {
      offsets.push(at);
      const length = ESCAPE_LENGTHS[written[at + 1] ?? ''] ?? 2;
      // An escape of 8 digits can stand for two UTF-16 units.
      const isFirstOfTwo = length === 10 && /[\ud800-\udbff]/.test(character);
      if (!isFirstOfTwo) at += length;
      continue;
    }
    if (/\s/.test(character)) {
      offsets.push(Math.min(at, written.length));
      // A newline with the indentation after it is one character of the value, or none.
      if (/\s/.test(written[at] ?? '')) at += /^[ \t]*\r?\n\s*/.exec(written.slice(at, at + 200))?.[0].length ?? 1;
      continue;
    }
    while (at < written.length && written[at] !== character) at++;
    offsets.push(Math.min(at, written.length));
    at += isSingle && character === "'" ? 2 : 1;
  }
  return offsets;
}
