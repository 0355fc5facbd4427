import { Composer, type CST, isAlias, isMap, isNode, isScalar, isSeq, Lexer, Parser } from 'yaml';
import type { TextSpan } from '../problem.ts';
import { unintendedEscapes } from './escapes.ts';
import type { SettingIssue, SyntaxIssue } from './issues.ts';

/** YAML as data with its places; spans are offsets in the parsed text. */
export type YamlValue = YamlScalar | YamlList | YamlMap;

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As written, without quotes. */
  readonly source: string;
  readonly span: TextSpan;
}

export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlValue[];
  readonly span: TextSpan;
}

export interface YamlMap {
  readonly kind: 'map';
  /** Without duplicate keys: the first one counts. */
  readonly entries: readonly YamlEntry[];
  readonly span: TextSpan;
}

export interface YamlEntry {
  /** As written: `0`, `50%`, and `true` are strings here. */
  readonly key: string;
  readonly keySpan: TextSpan;
  readonly value: YamlValue;
}

/** The line at an offset, with the newline that begins it. */
function lineWith(text: string, at: number): TextSpan {
  const end = text.indexOf('\n', at + 1);
  return { start: text.lastIndexOf('\n', at), end: (end < 0 ? text.length : end) - 1 };
}

/** Deeper than any setting. The YAML library recurses, so a hundred thousand brackets must not reach it. */
export const DEEPEST = 32;

/** Words, marks and spaces: more than a number for each of 20,000 frames needs, and few enough to be read in a moment. */
export const MOST_LEXEMES = 200_000;

/**
 * Parses one YAML 1.2 document (core schema). Never throws: what is wrong is in `issues`, and `root` holds what could
 * be read. Anchors and aliases are refused, so that a small text cannot expand to a huge one.
 */
export function parseYaml(written: string): { root: YamlValue | null; issues: SettingIssue[] } {
  const issues: SettingIssue[] = [];
  // Made a comment, so that the settings around an unfinished one can be read while it is typed.
  const text = written.replace(UNFINISHED_KEY, (word, start: number) => {
    issues.push(syntax(span(start, start + word.length), { reason: 'not-a-setting' }));
    return '#'.repeat(word.length);
  });
  const tokens = readableTokens(text);
  if (typeof tokens === 'number') {
    issues.push(syntax(span(tokens, tokens + 1), { reason: 'too-long' }));
    return { root: null, issues };
  }
  const tooDeep = deeperThan(tokens, DEEPEST);
  if (tooDeep !== null) {
    issues.push(syntax(span(tooDeep, tooDeep + 1), { reason: 'too-deep' }));
    return { root: null, issues };
  }
  const [document, second] = withoutStacks(() =>
    new Composer({ version: '1.2', uniqueKeys: false, merge: false }).compose(tokens, true, text.length),
  );
  if (second) {
    const [start] = second.range;
    issues.push(syntax(span(start, start + 1), { reason: 'ends-early' }));
  }
  const linesWithError = new Set<number>();
  let line = { start: 0, end: -1 };
  const hasBadEscape = document?.errors.some(({ code }) => code === 'BAD_DQ_ESCAPE') ?? false;
  for (const issue of hasBadEscape ? unknownEscapes(text, tokens) : []) issues.push(issue);
  for (const { code, pos, message } of document?.errors ?? []) {
    if (code === 'BAD_DQ_ESCAPE') continue;
    // One mistake makes the rest of its line unreadable; only the first message is about the mistake.
    const at = Math.max(0, pos[0] - 1);
    // A long line can have thousands of errors, so it is not searched for each of them.
    if (at < line.start || at > line.end) line = lineWith(text, at);
    if (linesWithError.has(line.start)) continue;
    linesWithError.add(line.start);
    // What is missing at the end of the text is shown at its last character.
    const end = Math.min(Math.max(pos[0] + 1, pos[1]), text.length);
    issues.push(syntaxError(text, code, span(Math.max(0, Math.min(pos[0], end - 1)), end), message));
  }
  for (const { code, pos, message } of document?.warnings ?? []) {
    issues.push(
      syntax(span(pos[0], pos[1]), code === 'TAG_RESOLVE_FAILED' ? { reason: 'tag' } : { reason: 'other', message }),
    );
  }
  const root = document?.contents ? new TreeBuilder(text, issues).build(document.contents) : null;
  return { root, issues };
}

/** The tokens of a text, without errors that no issue is made of; the offset of the first one too many if it has more. */
function readableTokens(text: string): CST.Token[] | number {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let line = { start: 0, end: -1 };
  const add = (more: Iterable<CST.Token>) => {
    for (const token of more) {
      if (token.type === 'error') {
        // The first error of a line is about the mistake, and the YAML library takes longer for one than for any token.
        if (token.offset >= line.start && token.offset <= line.end) continue;
        line = lineWith(text, Math.max(0, token.offset - 1));
      }
      tokens.push(token);
    }
  };
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (++count > MOST_LEXEMES) return Math.min(parser.offset, text.length - 1);
    add(parser.next(lexeme));
  }
  add(parser.end());
  return tokens;
}

/** The YAML library makes an error of each mistake. Its stack takes longer than what it is about, and nobody reads it. */
function withoutStacks<T>(compose: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return compose();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

const span = (start: number, end: number): TextSpan => ({ start, end });

/** A word alone at the start of a line: YAML would join it with the key of the next line. */
const UNFINISHED_KEY = /^[A-Za-z_][\w-]*(?=[ \t]*(?:\s#.*)?\r?$)/gm;

function syntax(where: TextSpan, issue: SyntaxIssue): SettingIssue {
  return { kind: 'front-matter-syntax', span: where, ...issue };
}

/** The YAML library's messages about common mistakes. */
const COMMON_MISTAKES: readonly (readonly [RegExp, SyntaxIssue])[] = [
  [/end with a \]/, { reason: 'open-list' }],
  [/end with a \}/, { reason: 'open-map' }],
  [/^Missing closing/, { reason: 'open-quote' }],
  [/^Missing , /, { reason: 'missing-comma' }],
  [/^Implicit (?:map )?keys/, { reason: 'not-a-setting' }],
];

function syntaxError(text: string, code: string, where: TextSpan, message: string): SettingIssue {
  if (code === 'TAB_AS_INDENT') return syntax(where, { reason: 'tab' });
  if (code === 'BLOCK_AS_IMPLICIT_KEY' || code === 'BAD_SCALAR_START') {
    const value = restOfLine(text, where.start);
    return syntax(value, {
      reason: 'unquoted',
      value: text.slice(value.start, value.end),
      cause:
        code === 'BLOCK_AS_IMPLICIT_KEY' ? { kind: 'colon' } : { kind: 'start', character: text.charAt(where.start) },
    });
  }
  const common = COMMON_MISTAKES.find(([pattern]) => pattern.test(message))?.[1];
  return syntax(where, common ?? { reason: 'other', message });
}

/** A collection without brackets ends with its last value; YAML includes the comments and empty lines after it. */
const through = ({ start, end }: TextSpan, last: YamlValue | undefined): TextSpan => span(start, last?.span.end ?? end);

/** From `start` to the end of its line, without trailing spaces. */
function restOfLine(text: string, start: number): TextSpan {
  const newline = text.indexOf('\n', start);
  const line = text.slice(start, newline < 0 ? text.length : newline);
  return span(start, start + line.trimEnd().length);
}

/** Offset of the first token nested deeper than `limit`, or null. */
function deeperThan(tokens: readonly CST.Token[], limit: number): number | null {
  for (const { token, depth } of nested(tokens)) if (depth > limit) return token.offset;
  return null;
}

/** The values and keys in double quotes with an escape that YAML does not know. */
function unknownEscapes(text: string, tokens: readonly CST.Token[]): SettingIssue[] {
  return [...nested(tokens)].flatMap(({ token }) => {
    if (token.type !== 'double-quoted-scalar') return [];
    const where = span(token.offset, token.offset + token.source.length);
    const unknown = unintendedEscapes(text.slice(where.start, where.end), false);
    return unknown ? [syntax(where, { reason: 'backslash', isReadable: false, ...unknown })] : [];
  });
}

/** All tokens with their depth. Uses its own stack, because the nesting may be deep. */
function* nested(tokens: readonly CST.Token[]): Generator<{ readonly token: CST.Token; readonly depth: number }, void> {
  const open: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next; next = open.pop()) {
    const { token, depth } = next;
    yield next;
    if (token.type === 'document') {
      if (token.value) open.push({ token: token.value, depth });
    } else if ('items' in token) {
      for (const { key, value } of token.items) {
        if (key) open.push({ token: key, depth: depth + 1 });
        if (value) open.push({ token: value, depth: depth + 1 });
      }
    }
  }
}

class TreeBuilder {
  readonly #text: string;
  readonly #issues: SettingIssue[];

  constructor(text: string, issues: SettingIssue[]) {
    this.#text = text;
    this.#issues = issues;
  }

  build(node: unknown): YamlValue {
    const where = isNode(node) && node.range ? span(node.range[0], node.range[1]) : span(0, 0);
    if (isAlias(node) || ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor)) {
      this.#issues.push(syntax(where, { reason: 'alias' }));
    }
    if (isMap(node)) {
      const map = this.#map(node.items, where);
      return node.flow ? map : { ...map, span: through(where, map.entries.at(-1)?.value) };
    }
    if (isSeq(node)) {
      const items = node.items.map((item) => this.build(item));
      return { kind: 'list', items, span: node.flow ? where : through(where, items.at(-1)) };
    }
    if (!isScalar(node)) return { kind: 'scalar', value: null, source: '', span: where };
    const { value } = node;
    const source = node.source ?? '';
    const plain = typeof value === 'number' || typeof value === 'boolean' || value === null ? value : String(value);
    return { kind: 'scalar', value: plain, source, span: where };
  }

  #map(items: readonly { key: unknown; value: unknown }[], where: TextSpan): YamlMap {
    const entries = new Map<string, YamlEntry>();
    for (const item of items) {
      const key = this.build(item.key);
      if (key.kind !== 'scalar') {
        this.#issues.push(syntax(key.span, { reason: 'key-not-a-word' }));
        continue;
      }
      const name = typeof key.value === 'string' ? key.value : key.source;
      const missing: YamlScalar = { kind: 'scalar', value: null, source: '', span: span(key.span.end, key.span.end) };
      const value = item.value === null ? missing : this.build(item.value);
      const first = entries.get(name);
      if (first) this.#issues.push(this.#duplicate(name, first, key.span, value.span));
      else entries.set(name, { key: name, keySpan: key.span, value });
    }
    return { kind: 'map', entries: [...entries.values()], span: where };
  }

  #duplicate(name: string, first: YamlEntry, keySpan: TextSpan, valueSpan: TextSpan): SettingIssue {
    const lineStart = this.#text.lastIndexOf('\n', keySpan.start - 1) + 1;
    const newline = this.#text.indexOf('\n', Math.max(keySpan.start, valueSpan.end - 1));
    const hasOwnLines = this.#text.slice(lineStart, keySpan.start).trim() === '';
    const lines = hasOwnLines ? span(lineStart, newline < 0 ? this.#text.length : newline + 1) : null;
    return { kind: 'duplicate-setting', name, span: keySpan, first: first.keySpan, lines };
  }
}
