import { ImportError } from './notes.ts';

/** A value of JSON. Whole numbers that no double can hold are `bigint`, so that no digit is lost. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonMap;
/** In the order of the text, also for keys that are numbers. */
export type JsonMap = ReadonlyMap<string, Json>;

/** What had to be read with tolerance. */
export type Repair =
  | 'comment'
  | 'trailing comma'
  | 'missing comma'
  | 'quote'
  | 'key without quotes'
  | 'line break'
  | 'word';

export interface ReadJson {
  readonly value: Json;
  readonly repairs: ReadonlySet<Repair>;
  /** Keys that a map has twice, with the value that the later one replaces. */
  readonly duplicates: readonly { readonly key: string; readonly lost: Json }[];
  /** Keys whose value is NaN or infinite. */
  readonly notNumbers: readonly string[];
}

/** Deeper than any known format, and shallow enough for the stack. */
const DEEPEST = 200;

const CLOSERS: Readonly<Record<string, string>> = { '"': '"”', '“': '”“"', '”': '”“"', "'": "'", '‘': '’‘', '’': '’‘' };
const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '/': '/',
  '\\': '\\',
};
const SPACE = /[\s\uFEFF]+/y;
const COMMENT = /(?:\/\/|#)[^\r\n]*|\/\*(?:[^*]|\*(?!\/))*\*\//y;
const NUMBER = /[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![\w.])/y;
const WORD = /-?[A-Za-z_]\w*/y;
const UNQUOTED_KEY = /[-+]?[\w.]{1,80}(?=[ \t]{0,20}:)/y;

const WORDS: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['True', true],
  ['False', false],
  ['None', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);
const STANDARD_WORDS = new Set(['true', 'false', 'null']);

/**
 * Reads JSON, also with the mistakes of people and the extensions of Python: comments, trailing and missing commas,
 * single and typographic quotes, keys without quotes, line breaks in strings, NaN. Linear in the length of the text.
 *
 * @throws ImportError with the line and column of what cannot be read
 */
export function readJson(text: string): ReadJson {
  return new JsonReader(text).read(false);
}

/** The same for the entries of a map without its braces, which FizzNodes adds. */
export function readJsonEntries(text: string): ReadJson {
  return new JsonReader(text).read(true);
}

class JsonReader {
  readonly #text: string;
  readonly #repairs = new Set<Repair>();
  readonly #duplicates: { key: string; lost: Json }[] = [];
  readonly #notNumbers: string[] = [];
  #at = 0;
  #key = '';

  constructor(text: string) {
    this.#text = text;
  }

  read(onlyEntries: boolean): ReadJson {
    this.#skipSpace();
    const value = onlyEntries ? this.#map(null, 1) : this.#value(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#error('there is more text after the end');
    return { value, repairs: this.#repairs, duplicates: this.#duplicates, notNumbers: this.#notNumbers };
  }

  #value(depth: number): Json {
    if (depth > DEEPEST) {
      throw new ImportError(
        'too-deep',
        `The text is nested more than ${DEEPEST} levels deep at ${this.#place(this.#at)}, deeper than any known format.`,
      );
    }
    const next = this.#text[this.#at];
    if (next === undefined) throw this.#cutOff();
    if (next === '{') {
      this.#at++;
      return this.#map('}', depth + 1);
    }
    if (next === '[') {
      this.#at++;
      return this.#list(depth + 1);
    }
    if (CLOSERS[next] !== undefined) return this.#string();
    const number = this.#match(NUMBER);
    if (number !== null) return this.#number(number);
    const start = this.#at;
    const word = this.#match(WORD);
    const value = word === null ? undefined : WORDS.get(word);
    if (word === null || value === undefined) {
      this.#at = start;
      throw this.#error(`${this.#shown()} is not a value`);
    }
    if (typeof value === 'number') this.#notNumbers.push(this.#key);
    else if (!STANDARD_WORDS.has(word)) this.#repairs.add('word');
    return value;
  }

  #number(written: string): Json {
    const value = Number(written);
    if (/^[-+]?\d+$/.test(written) && !Number.isSafeInteger(value)) return BigInt(written);
    return value;
  }

  /** @param close null: up to the end of the text */
  #map(close: string | null, depth: number): JsonMap {
    const map = new Map<string, Json>();
    for (let isFirst = true; ; isFirst = false) {
      this.#skipSpace();
      if (!isFirst) this.#separator(close);
      if (close === null ? this.#at >= this.#text.length : this.#take(close)) return map;
      const key = this.#mapKey();
      this.#skipSpace();
      if (!this.#take(':')) throw this.#at >= this.#text.length ? this.#cutOff() : this.#error('a colon is missing');
      this.#skipSpace();
      this.#key = key;
      const value = this.#value(depth);
      if (map.has(key)) this.#duplicates.push({ key, lost: map.get(key)! });
      map.delete(key);
      map.set(key, value);
    }
  }

  #mapKey(): string {
    const next = this.#text[this.#at];
    if (next === undefined) throw this.#cutOff();
    if (CLOSERS[next] !== undefined) return this.#string();
    const key = this.#match(UNQUOTED_KEY);
    if (key === null) throw this.#error(`${this.#shown()} is not a key`);
    this.#repairs.add('key without quotes');
    return key;
  }

  #list(depth: number): readonly Json[] {
    const items: Json[] = [];
    for (let isFirst = true; ; isFirst = false) {
      this.#skipSpace();
      if (!isFirst) this.#separator(']');
      if (this.#take(']')) return items;
      items.push(this.#value(depth));
    }
  }

  #separator(close: string | null): void {
    if (!this.#take(',')) {
      const next = this.#text[this.#at];
      if (next !== undefined && next !== close && CLOSERS[next] !== undefined) this.#repairs.add('missing comma');
      else if (next === undefined && close !== null) throw this.#cutOff();
      else if (next !== close && next !== undefined)
        throw this.#error(`${this.#shown()} follows a value without a comma`);
      return;
    }
    this.#skipSpace();
    while (this.#take(',')) {
      this.#repairs.add('trailing comma');
      this.#skipSpace();
    }
    const next = this.#text[this.#at];
    if (next === close && close !== null) this.#repairs.add('trailing comma');
  }

  #string(): string {
    const start = this.#at;
    const opening = this.#text[start]!;
    const closers = CLOSERS[opening]!;
    if (opening !== '"') this.#repairs.add('quote');
    let value = '';
    let from = start + 1;
    for (let at = from; at < this.#text.length; at++) {
      const character = this.#text[at]!;
      if (character === '\\') {
        const escaped = this.#escape(at);
        value += this.#text.slice(from, at) + escaped.text;
        at = escaped.end - 1;
        from = escaped.end;
      } else if (closers.includes(character)) {
        if (character !== '"') this.#repairs.add('quote');
        this.#at = at + 1;
        return value + this.#text.slice(from, at);
      } else if (character === '\n') this.#repairs.add('line break');
    }
    throw new ImportError(
      'cut-off',
      `The text ends unexpectedly: the string that begins at ${this.#place(start)} has no closing quote.`,
    );
  }

  #escape(at: number): { readonly text: string; readonly end: number } {
    const next = this.#text[at + 1] ?? '';
    const plain = ESCAPES[next];
    if (plain !== undefined) return { text: plain, end: at + 2 };
    const code = next === 'u' ? /^[\da-fA-F]{4}/.exec(this.#text.slice(at + 2, at + 6)) : null;
    if (code) return { text: String.fromCharCode(Number.parseInt(code[0], 16)), end: at + 6 };
    this.#repairs.add('quote');
    // A backslash before a bracket belongs to the prompt.
    return next === "'" ? { text: next, end: at + 2 } : { text: `\\${next}`, end: at + 2 };
  }

  #skipSpace(): void {
    for (;;) {
      this.#match(SPACE);
      if (this.#match(COMMENT) === null) return;
      this.#repairs.add('comment');
    }
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (!match) return null;
    this.#at = pattern.lastIndex;
    return match[0];
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #shown(): string {
    return `“${this.#text.slice(this.#at, this.#at + 12).split('\n')[0]}”`;
  }

  #place(offset: number): string {
    return placeIn(this.#text, offset);
  }

  #error(reason: string): ImportError {
    return new ImportError('invalid', `This is not valid JSON: ${reason} at ${this.#place(this.#at)}.`);
  }

  #cutOff(): ImportError {
    const place = this.#place(this.#text.trimEnd().length);
    return new ImportError('cut-off', `The text ends unexpectedly at ${place}: its end was cut off.`);
  }
}

/** For a message: where an offset is. */
export function placeIn(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return `line ${line}, column ${offset - before.lastIndexOf('\n')}`;
}

export const isMap = (value: Json | undefined): value is JsonMap => value instanceof Map;
export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** The items of a list; none of anything else. */
export const itemsOf = (value: Json | undefined): readonly Json[] => (isList(value) ? value : []);

/** A value on one line, as JSON. */
export function jsonText(value: Json): string {
  if (typeof value === 'bigint') return `${value}`;
  if (isMap(value))
    return `{${[...value].map(([key, inner]) => `${JSON.stringify(key)}: ${jsonText(inner)}`).join(', ')}}`;
  if (isList(value)) return `[${value.map(jsonText).join(', ')}]`;
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : JSON.stringify(value);
}

/** For a message: text without quotes, everything else as JSON, at most 300 characters. */
export function shown(value: Json): string {
  const text = typeof value === 'string' ? value : jsonText(value);
  return text.length <= 300 ? text : `${text.slice(0, 299)}…`;
}

/** Longer notes hide the others. */
const MOST_SHOWN = 100;

/** For a message: the keys and prompts that were left out; of many, the first ones and a count. */
export function shownKeys(keys: readonly string[]): string {
  if (keys.length <= MOST_SHOWN) return keys.join(' | ');
  return [...keys.slice(0, MOST_SHOWN - 1), `… (${keys.length - MOST_SHOWN + 1} more)`].join(' | ');
}
