import type { TextSpan } from '../problem.ts';

/** A value of JSON or Python, as people write it by hand. */
export type Literal = { readonly span: TextSpan } & (
  | {
      readonly kind: 'text';
      readonly text: string;
      /** The same with its escapes. */
      readonly written?: string;
    }
  /** A number or a keyword, as written. */
  | { readonly kind: 'other'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly Literal[] }
  | LiteralMap
);

export interface LiteralMap {
  readonly kind: 'map';
  readonly span: TextSpan;
  readonly entries: readonly LiteralEntry[];
}

export interface LiteralEntry {
  readonly key: string;
  /** With `=`. */
  readonly isAssigned?: boolean;
  readonly keySpan: TextSpan;
  readonly value: Literal;
}

export interface LiteralComment {
  /** Without its marker. */
  readonly text: string;
  readonly span: TextSpan;
}

/** A value, or where reading failed. */
export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly at: TextSpan /** Entries were read before it. */; readonly entries: number };

/** Deeper than any configuration. */
const DEEPEST = 32;

const CLOSERS: Readonly<Record<string, string>> = {
  '"': '"”',
  "'": "'’",
  '“': '”“"',
  '‘': "’'",
  '«': '»',
  '「': '」',
  '`': '`',
};
const QUOTES = Object.entries(CLOSERS).flat().join('');
const BRACKETS: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' };

/** A number, or an expression of numbers and `max_f`. */
const FRAME = String.raw`(?:max_f|[\d.+*/×÷−() -]){1,60}`;
/** A frame, or a range that is assigned: `8`, `7.5`, `.5 =`, `8:16 =`, `8: =`. */
export const PLAIN_KEY = String.raw`-?(?:\d{1,9}(?:\.\d{1,9})?|\.\d{1,9}(?=[ \t]*=))(?::[-\d.]{0,12}(?=[ \t]*=))?`;
/** A key in quotes, or a frame. */
export const KEY_PATTERN = String.raw`(?:["'“‘«]([^"'“”‘’«»\r\n]{1,80})["'”’»“]|(${PLAIN_KEY}|max_f[\d.+*/×÷−() -]{0,40}))[ \t\u00a0]*(?:=>|->|[:=：])`;
const KEY = new RegExp(KEY_PATTERN, 'y');
/** A name without quotes, in brackets. */
const NAME = /([A-Za-z_]\w{0,80})[ \t]*[:=：]/y;
const IS_FRAME = new RegExp(`^${FRAME}$`);
const WORD =
  /(?:[-+]?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE][-+]?\d{1,3})?|true|false|null|None|True|False|NaN|-?Infinity)(?=[\s,;，}\])]|$)/y;
const EXPRESSION = /[\d.+*/×÷−( -]{0,40}max_f[\d.+*/×÷−() -]{0,40}(?=[,;，])/y;
const SPACE = /(?:\s|\\{1,2}[nrt](?=[ \t]*["'“‘«\d}\])#/\\]|$))+/y;
const INLINE_SPACE = /[ \t\u00a0]*/y;
/** The end of Markdown’s code. */
const BACKTICKS = /`+(?=\s*$|[ \t]*[\r\n])/y;
const LITERAL_NEWLINE = /\\{1,2}[nr]/y;
const COMMENT = /(?:\/\/|#)([^\r\n]*)|\/\*([^*]*(?:\*(?!\/)[^*]*)*)\*\//y;

/**
 * Reads values of JSON and Python with the mistakes that people make in them: values over several lines, comments,
 * quotes inside quotes, missing quotes, missing commas and brackets, typographic and full-width characters. Never
 * throws.
 */
export class LiteralReader {
  readonly #text: string;
  readonly comments: LiteralComment[] = [];
  at: number;
  /** Where the last search for the end of a string started and ended, by opening quote. */
  readonly #ends = new Map<string, { readonly from: number; readonly end: StringEnd }>();
  #line = { end: -1, lastQuote: -1 };

  constructor(text: string, at = 0) {
    this.#text = text;
    this.at = at;
  }

  /** The value at the current offset. `isFrame`: its key is a frame, so words without quotes are a prompt. */
  value(isFrame = false, depth = 0, inBrackets = false): Read<Literal> {
    this.skipSpace();
    const start = this.at;
    const opening = this.#text[start] ?? '';
    if (CLOSERS[opening] !== undefined) return { ok: true, value: this.#strings() };
    const close = BRACKETS[opening];
    if (close !== undefined && depth < DEEPEST && !(isFrame && opening === '(')) {
      this.at++;
      return opening === '{' ? this.map(start, close, depth + 1) : this.#list(start, close, depth + 1);
    }
    const word = this.#match(WORD) ?? this.#match(EXPRESSION);
    if (word) return { ok: true, value: { kind: 'other', text: word[0], span: { start, end: this.at } } };
    return isFrame && depth < DEEPEST ? this.#unquoted(inBrackets) : this.#failed(start);
  }

  /** Entries up to `close`, or, without one, up to what is not an entry. */
  map(start: number, close: string | null, depth = 0): Read<LiteralMap> {
    const entries: LiteralEntry[] = [];
    let end = this.at;
    for (;;) {
      const before = this.at;
      const comments = this.comments.length;
      this.skipSpace();
      while (entries.length > 0 && this.#take(',;，')) this.skipSpace();
      if (close !== null && this.#take(close)) {
        end = this.at;
        break;
      }
      const keyStart = this.at;
      const key = this.#match(KEY) ?? (close !== null ? this.#match(NAME) : null);
      if (!key) {
        // A missing closing bracket at the end of the text is accepted.
        if (close !== null && (keyStart < this.#text.length || entries.length === 0)) {
          return this.#failed(keyStart, entries.length);
        }
        if (close === null) {
          this.at = before;
          this.comments.length = comments;
          break;
        }
        end = entries.at(-1)!.value.span.end;
        break;
      }
      const name = key[1] ?? key[2]!;
      const keySpan = { start: keyStart, end: keyStart + key[0].length };
      const value = this.value(IS_FRAME.test(name), depth, close !== null);
      if (!value.ok) return { ...value, at: { start: keyStart, end: value.at.end }, entries: entries.length };
      entries.push({ key: name.trim(), isAssigned: key[0].endsWith('='), keySpan, value: value.value });
      end = this.at;
    }
    return { ok: true, value: { kind: 'map', entries, span: { start, end } } };
  }

  #list(start: number, close: string, depth: number): Read<Literal> {
    const items: Literal[] = [];
    for (;;) {
      this.skipSpace();
      while (items.length > 0 && this.#take(',;，')) this.skipSpace();
      if (this.#take(close)) return { ok: true, value: { kind: 'list', items, span: { start, end: this.at } } };
      const item = this.value(false, depth, true);
      if (!item.ok) return { ...item, entries: item.entries + items.length };
      items.push(item.value);
    }
  }

  /** White space, comments, and `\n` that was pasted as two characters. */
  skipSpace(): void {
    for (;;) {
      this.#match(SPACE);
      const start = this.at;
      const comment = this.#match(COMMENT);
      if (!comment) return;
      this.comments.push({ text: (comment[1] ?? comment[2]!).trim(), span: { start, end: this.at } });
    }
  }

  /** One string, or several that Python joins. */
  #strings(): Literal {
    const start = this.at;
    let written = '';
    let text = '';
    let end = start;
    for (;;) {
      const opening = this.#text[this.at]!;
      const found = this.#stringEnd(opening, this.at + 1);
      const part = this.#text.slice(this.at + 1, found.end);
      written += part;
      text += decode(part);
      this.at = found.next;
      end = this.at;
      this.skipSpace();
      const next = this.#text[this.at] ?? '';
      if (CLOSERS[next] === undefined || this.#looksAt(KEY, this.at) || this.#looksAt(BACKTICKS, this.at)) break;
    }
    this.at = end;
    this.comments.splice(this.comments.findLastIndex(({ span }) => span.start < end) + 1);
    return { kind: 'text', text: onOneLine(text), written, span: { start, end } };
  }

  /** A prompt without quotes: the rest of its line. */
  #unquoted(inBrackets: boolean): Read<Literal> {
    const start = this.at;
    const end = this.#lineEnd(start);
    let stop = end;
    while (stop > start && /[\s,;，]/.test(this.#text[stop - 1]!)) stop--;
    if (inBrackets && this.#text[stop - 1] === '}') stop--;
    this.at = stop;
    const text = this.#text.slice(start, stop).replace(/["”']$/, '');
    return text.trim() === ''
      ? this.#failed(start)
      : { ok: true, value: { kind: 'text', text: onOneLine(decode(text)), span: { start, end: stop } } };
  }

  /**
   * The end of a string: the first closing quote that something outside a string follows. A quote before a word is part
   * of the string. If the closing quote is missing, the string ends before the next key.
   */
  #stringEnd(opening: string, from: number): StringEnd {
    const known = this.#ends.get(opening);
    // Ends do not depend on where a string starts, so a text without one is searched once.
    if (known && known.from <= from && from <= known.end.end) return known.end;
    const end = this.#findEnd(CLOSERS[opening]!, from);
    this.#ends.set(opening, { from, end });
    return end;
  }

  #findEnd(closers: string, from: number): StringEnd {
    for (let at = from; at < this.#text.length; at++) {
      const character = this.#text[at]!;
      if (character === '\\') at++;
      else if (closers.includes(character) && this.#endsString(at + 1)) return { end: at, next: at + 1 };
      else if (character === '\n' && this.#startsEntry(at + 1)) {
        let end = at;
        while (end > from && /[\s,;，]/.test(this.#text[end - 1]!)) end--;
        return { end, next: end };
      }
    }
    let end = this.#text.length;
    while (end > from && /[\s,;}\])]/.test(this.#text[end - 1]!)) end--;
    return { end, next: this.#text.length };
  }

  #startsEntry(at: number): boolean {
    const start = this.#afterSpace(at);
    return this.#looksAt(KEY, start) || '}])'.includes(this.#text[start] ?? ' ');
  }

  #endsString(after: number): boolean {
    let at = this.#afterSpace(after);
    if (this.#endsLine(at) || this.#looksAt(KEY, at) || this.#looksAt(BACKTICKS, at)) return true;
    const next = this.#text[at]!;
    if (CLOSERS[next] !== undefined) return at > after;
    let separated = false;
    while (',;，}])'.includes(this.#text[at] ?? ' ')) {
      separated = true;
      at = this.#afterSpace(at + 1);
    }
    if (!separated) return at > after && !this.#hasQuoteAfter(at);
    if (this.#endsLine(at) || this.#looksAt(KEY, at) || /[{[("'“‘«]/.test(this.#text[at]!)) return true;
    // Text after the last entry, unless another quote follows it.
    return !this.#hasQuoteAfter(at);
  }

  #endsLine(at: number): boolean {
    const next = this.#text[at];
    return (
      next === undefined ||
      next === '\n' ||
      next === '\r' ||
      this.#looksAt(COMMENT, at) ||
      this.#looksAt(LITERAL_NEWLINE, at)
    );
  }

  #hasQuoteAfter(at: number): boolean {
    if (at > this.#line.end) {
      const end = this.#lineEnd(at);
      let lastQuote = end;
      while (lastQuote >= at && !QUOTES.includes(this.#text[lastQuote] ?? ' ')) lastQuote--;
      this.#line = { end, lastQuote };
    }
    return this.#line.lastQuote >= at;
  }

  #lineEnd(at: number): number {
    const newline = this.#text.indexOf('\n', at);
    return newline < 0 ? this.#text.length : newline;
  }

  #afterSpace(at: number): number {
    INLINE_SPACE.lastIndex = at;
    INLINE_SPACE.exec(this.#text);
    return INLINE_SPACE.lastIndex;
  }

  #looksAt(pattern: RegExp, at: number): boolean {
    pattern.lastIndex = at;
    return pattern.test(this.#text);
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.#text);
    if (match) this.at = pattern.lastIndex;
    return match;
  }

  #take(characters: string): boolean {
    const next = this.#text[this.at];
    if (next === undefined || !characters.includes(next)) return false;
    this.at++;
    return true;
  }

  #failed(start: number, entries = 0): { readonly ok: false; readonly at: TextSpan; readonly entries: number } {
    const rest = this.#text.slice(start, this.#lineEnd(start)).trimEnd().length;
    return { ok: false, at: { start, end: start + rest }, entries };
  }
}

interface StringEnd {
  /** Of the content. */
  readonly end: number;
  /** After the closing quote, if there is one. */
  readonly next: number;
}

/** Resolves escapes, also those that were escaped twice. A backslash before a bracket belongs to the prompt. */
function decode(text: string): string {
  return text.replace(
    /\\\\[nrt](?![a-z])|\\{1,2}u([0-9a-f]{4})|\\(?:([nrt])|(\r?\n)|(["'\\/]))/gi,
    (_, code?: string, space?: string, newline?: string, plain?: string) => {
      if (code) return String.fromCharCode(Number.parseInt(code, 16));
      if (newline) return '';
      return space ? '\n' : (plain ?? '\n');
    },
  );
}

const onOneLine = (text: string) => text.replace(/(?<![ \t])[ \t]*[\r\n\t]+[ \t]*/g, ' ').trim();

/** A prompt of another tool, in which `#` starts no comment. */
export const literalPrompt = (prompt: string) => prompt.replace(/(?<!\\)#/g, '\\#');
