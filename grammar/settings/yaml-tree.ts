import { Composer, type CST, isAlias, isMap, isNode, isScalar, isSeq, Parser } from 'yaml';
import type { Fix, Problem, TextSpan } from '../problem.ts';

/** YAML as data with the places where everything was written; spans are offsets in the text that was parsed. */
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
  /** No key twice: the first one counts, others are a problem. */
  readonly entries: readonly YamlEntry[];
  readonly span: TextSpan;
}

export interface YamlEntry {
  /** As written: `0`, `50%` and `true` are texts here. */
  readonly key: string;
  readonly keySpan: TextSpan;
  readonly value: YamlValue;
}

/** Deeper than any setting; the YAML library recurses, so a text of a hundred thousand brackets must not reach it. */
const DEEPEST = 32;

/**
 * Parses one YAML 1.2 document (core schema). Never throws: what is wrong is in `problems`, and `root` holds what could
 * be read all the same. Anchors and aliases are refused, so that a small text cannot stand for a huge one.
 */
export function parseYaml(written: string): { root: YamlValue | null; problems: Problem[] } {
  const problems: Problem[] = [];
  // A comment in their place, so that the settings around them can be read while one is being typed.
  const text = written.replace(UNFINISHED_KEY, (word, start: number) => {
    problems.push(syntax(span(start, start + word.length), FORM));
    return '#'.repeat(word.length);
  });
  const tokens = [...new Parser().parse(text)];
  const tooDeep = deeperThan(tokens, DEEPEST);
  if (tooDeep !== null) {
    problems.push(syntax(span(tooDeep, tooDeep + 1), `Settings are nested at most ${DEEPEST} deep; this is deeper.`));
    return { root: null, problems };
  }
  const [document, second] = new Composer({ version: '1.2', uniqueKeys: false, merge: false }).compose(
    tokens,
    true,
    text.length,
  );
  if (second) {
    const [start] = second.range;
    problems.push(syntax(span(start, start + 1), 'The settings end here: remove the line `...` or `---` before this.'));
  }
  const linesWithError = new Set<number>();
  for (const { code, pos, message } of document?.errors ?? []) {
    // One mistake makes the rest of its line unreadable; its first message is the true one.
    const line = text.lastIndexOf('\n', Math.max(0, pos[0] - 1));
    if (linesWithError.has(line)) continue;
    linesWithError.add(line);
    // What is missing at the end is shown at the last character.
    const end = Math.min(Math.max(pos[0] + 1, pos[1]), text.length);
    problems.push(syntaxProblem(text, code, span(Math.max(0, Math.min(pos[0], end - 1)), end), message));
  }
  for (const { pos, message } of document?.warnings ?? []) {
    problems.push(syntax(span(pos[0], pos[1]), `${message}. Settings need no tags; remove it.`));
  }
  const root = document?.contents ? new TreeBuilder(text, problems).build(document.contents) : null;
  return { root, problems };
}

const span = (start: number, end: number): TextSpan => ({ start, end });

/** A word alone at the start of a line: YAML would join it with the next line's key. */
const UNFINISHED_KEY = /^[A-Za-z_][\w-]*(?=[ \t]*(?:\s#.*)?\r?$)/gm;

export const FORM = 'Settings are lines of the form `key: value`, as in `frames: 32`.';

/** What the YAML library says of common mistakes, and what a person would. */
const PLAIN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/end with a \]/, 'This list has no end: a `]` is missing.'],
  [/end with a \}/, 'This group has no end: a `}` is missing.'],
  [/^Missing closing/, 'A quotation mark is missing at the end of this value.'],
  [/^Missing , /, 'A comma is missing between two values.'],
  [/^Implicit (?:map )?keys/, `This is no setting. ${FORM}`],
];

function syntax(where: TextSpan, message: string, fixes: readonly Fix[] = []): Problem {
  return { code: 'travel/front-matter-syntax', severity: 'error', message, span: where, fixes };
}

function syntaxProblem(text: string, code: string, where: TextSpan, message: string): Problem {
  if (code === 'TAB_AS_INDENT') {
    return {
      code: 'travel/tab',
      severity: 'error',
      message: 'A tab cannot indent a setting. Use blanks.',
      span: where,
      fixes: [{ title: 'Replace the tab by two blanks', edits: [{ span: where, text: '  ' }], mechanical: true }],
    };
  }
  if (code === 'BLOCK_AS_IMPLICIT_KEY' || code === 'BAD_SCALAR_START') {
    const value = restOfLine(text, where.start);
    const fixes: Fix[] = [
      {
        title: 'Put the value in quotes',
        edits: [{ span: value, text: JSON.stringify(text.slice(value.start, value.end)) }],
        mechanical: false,
      },
    ];
    const why =
      code === 'BLOCK_AS_IMPLICIT_KEY'
        ? 'This value holds a colon and a blank, which begins a setting of its own.'
        : `A value cannot begin with “${text.charAt(where.start)}”.`;
    return syntax(value, `${why} Put the whole value in quotes.`, fixes);
  }
  const plain = PLAIN_WORDS.find(([pattern]) => pattern.test(message))?.[1];
  return syntax(
    where,
    plain ?? `These settings cannot be read: ${message.charAt(0).toLowerCase()}${message.slice(1)}.`,
  );
}

/** A collection without brackets ends with its last value; to YAML, comments and blank lines behind it are part of it. */
const through = ({ start, end }: TextSpan, last: YamlValue | undefined): TextSpan => span(start, last?.span.end ?? end);

/** From `start` to the end of its line, without blanks at the end. */
function restOfLine(text: string, start: number): TextSpan {
  const newline = text.indexOf('\n', start);
  const line = text.slice(start, newline < 0 ? text.length : newline);
  return span(start, start + line.trimEnd().length);
}

/** Offset of the first token nested deeper than `limit`, or null; walks with a stack of its own. */
function deeperThan(tokens: readonly CST.Token[], limit: number): number | null {
  const open: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next; next = open.pop()) {
    const { token, depth } = next;
    if (depth > limit) return token.offset;
    if (token.type === 'document') {
      if (token.value) open.push({ token: token.value, depth });
    } else if ('items' in token) {
      for (const { key, value } of token.items) {
        if (key) open.push({ token: key, depth: depth + 1 });
        if (value) open.push({ token: value, depth: depth + 1 });
      }
    }
  }
  return null;
}

class TreeBuilder {
  readonly #text: string;
  readonly #problems: Problem[];

  constructor(text: string, problems: Problem[]) {
    this.#text = text;
    this.#problems = problems;
  }

  build(node: unknown): YamlValue {
    const where = isNode(node) && node.range ? span(node.range[0], node.range[1]) : span(0, 0);
    if (isAlias(node) || ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor)) {
      this.#problems.push(syntax(where, 'Anchors (&) and aliases (*) are not used in settings. Write the value out.'));
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
        this.#problems.push(syntax(key.span, 'A key is a word, not a list or a map.'));
        continue;
      }
      const name = typeof key.value === 'string' ? key.value : key.source;
      const missing: YamlScalar = { kind: 'scalar', value: null, source: '', span: span(key.span.end, key.span.end) };
      const value = item.value === null ? missing : this.build(item.value);
      const first = entries.get(name);
      if (first) this.#problems.push(this.#duplicate(name, first, key.span, value.span));
      else entries.set(name, { key: name, keySpan: key.span, value });
    }
    return { kind: 'map', entries: [...entries.values()], span: where };
  }

  #duplicate(name: string, first: YamlEntry, keySpan: TextSpan, valueSpan: TextSpan): Problem {
    const lineStart = this.#text.lastIndexOf('\n', keySpan.start - 1) + 1;
    const newline = this.#text.indexOf('\n', Math.max(keySpan.start, valueSpan.end - 1));
    const ownLines = this.#text.slice(lineStart, keySpan.start).trim() === '';
    const removal = span(lineStart, newline < 0 ? this.#text.length : newline + 1);
    return {
      code: 'travel/duplicate-setting',
      severity: 'error',
      message: `“${name}” is set twice; which one counts would be a guess. Remove one.`,
      span: keySpan,
      related: [{ span: first.keySpan, message: 'It is set here first.' }],
      fixes: ownLines
        ? [{ title: 'Remove the second one', edits: [{ span: removal, text: '' }], mechanical: false }]
        : [],
    };
  }
}
