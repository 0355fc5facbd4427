import type { Escape, Unintended } from './issues.ts';

/** What YAML reads in double quotes. `\\`, `\"` and `\/` are the character itself. */
const MEANINGS: Readonly<Record<string, string>> = {
  '0': 'a NUL character',
  a: 'a bell character',
  b: 'a backspace',
  e: 'an escape character',
  f: 'a form feed',
  n: 'a line break',
  r: 'a carriage return',
  t: 'a tab',
  v: 'a vertical tab',
  N: 'a next-line character',
  L: 'a line separator',
  P: 'a paragraph separator',
  _: 'a no-break space',
};

/** A backslash with what follows: two characters, or a code in hexadecimal digits. */
const ESCAPE = /\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[\s\S])/g;
const CODE = /^\\[xuU]([\da-fA-F]+)$/;
const ITSELF = /^\\["\\/ \t\r\n]$/;

/**
 * The escapes of a value in double quotes, each once, without those that stand for the character after the backslash.
 */
function escapesIn(inner: string): Escape[] {
  const written = new Set(Array.from(inner.matchAll(ESCAPE), ([text]) => text).filter((text) => !ITSELF.test(text)));
  return [...written].map((text) => ({ written: text, meaning: meaningOf(text) }));
}

function meaningOf(written: string): string | null {
  const code = Number.parseInt(CODE.exec(written)?.[1] ?? '', 16);
  if (code <= 0x10ffff) return isControl(code) ? 'a control character' : `“${String.fromCodePoint(code)}”`;
  return MEANINGS[written.charAt(1)] ?? null;
}

const isControl = (code: number) => code < 0x20 || (code >= 0x7f && code < 0xa0);

/**
 * The escapes of a value in double quotes that were hardly meant: YAML does not know them, or the value is a path. null
 * if all of them may be meant.
 *
 * @param written with its quotes
 */
export function unintendedEscapes(written: string, isPath: boolean): Unintended | null {
  const inner = written.slice(1, -1);
  const escapes = escapesIn(inner);
  const unknown = escapes.filter(({ meaning }) => meaning === null);
  const unintended = isPath ? escapes : unknown;
  if (unintended.length === 0) return null;
  // YAML reads an escape that it does not know as it is written.
  const meant = isPath ? literal(inner) : null;
  if (!isPath && unknown.length < escapes.length) return { escapes: unintended, meant, better: inDoubleQuotes(inner) };
  return { escapes: unintended, meant, better: /\\\r?\n/.test(inner) ? null : inSingleQuotes(literal(inner)) };
}

/** A folder, such as `"C:\\clips\\"`, whose last backslash hides the closing quote. @param inner without its quotes */
export function hiddenQuote(inner: string): Unintended {
  const escapes = [{ written: '\\"', meaning: 'a quote inside the value' }];
  return { escapes, meant: inner, better: inSingleQuotes(inner) };
}

/** Every backslash as it is written, except those that were doubled already. */
const literal = (inner: string) => inner.replace(/\\(["\\/])/g, '$1');

const inSingleQuotes = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** The unknown escapes with two backslashes, because the others are needed. */
const inDoubleQuotes = (inner: string) =>
  `"${inner.replace(ESCAPE, (text) => (ITSELF.test(text) || meaningOf(text) !== null ? text : `\\${text}`))}"`;

/** Control characters by name, for messages; null without any. */
export function controlCharacterIn(text: string): string | null {
  const found = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.exec(text)?.[0];
  if (found === undefined) return null;
  const letter = Object.entries(CONTROL_CHARACTERS).find(([character]) => character === found)?.[1];
  return letter === undefined ? 'a control character' : MEANINGS[letter]!;
}

/** Characters with the letter of their escape. */
const CONTROL_CHARACTERS: Readonly<Record<string, string>> = {
  '\0': '0',
  '\b': 'b',
  '\f': 'f',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\v': 'v',
  '\u001b': 'e',
  '\u0007': 'a',
  '\u0085': 'N',
  '\u2028': 'L',
  '\u2029': 'P',
};
