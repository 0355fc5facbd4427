import { describe, expect, it } from 'vitest';
import { type FoundExpression, findExpressions } from './regular-expressions.ts';

/** Characters of an input. An expression that is quadratic takes tens of milliseconds for them. */
const LENGTH = 4_000;

/** Milliseconds in which an expression must read them; a linear one takes less than one. */
const LIMIT = 15;

/** What every expression is given many times over. */
const PIECES = [
  'a',
  '1',
  ' ',
  '\t',
  '\r',
  '\n',
  '\\',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '<',
  '>',
  ':',
  ',',
  '.',
  '-',
  '_',
  '|',
  '/',
  '"',
  "'",
  '#',
  '$',
  '=',
  'é',
  '\u0661',
  '１',
  '1.',
  'a ',
  'a:',
  '1,',
  '[a:',
  'a/',
  'a.',
  'a-',
  '_a',
  '\\"',
  ' -',
  '()',
  ': ',
  '" ',
  '\\\\',
];

/** Inputs made of the characters that an expression mentions, and the time that the slowest takes. */
function slowest({ expression }: FoundExpression): { readonly ms: number; readonly input: string } {
  let worst = { ms: 0, input: '' };
  for (const [start, piece, end] of inputsFor(expression)) {
    const text = start + piece.repeat(LENGTH / piece.length) + end;
    const ms = timeOf(expression, text);
    if (ms > worst.ms) worst = { ms, input: JSON.stringify([start, piece, end]) };
    if (ms > LIMIT * 3) break;
  }
  return worst;
}

/** The best of three, because other processes run at the same time. */
function timeOf({ source, flags }: RegExp, text: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) {
    // As it is used: all matches if it is global, at every offset if it is sticky, else the first match.
    const all = new RegExp(source, flags.includes('g') || flags.includes('y') ? flags : `${flags}g`);
    const start = performance.now();
    if (flags.includes('y')) atEachStart(all, text);
    else for (const _ of text.matchAll(all));
    best = Math.min(best, performance.now() - start);
    if (best <= LIMIT) break;
  }
  return best;
}

/** A tokenizer goes on after each match, and gives up or goes on by one character where nothing matches. */
function atEachStart(expression: RegExp, text: string): void {
  for (let at = 0; at < text.length; ) {
    expression.lastIndex = at;
    const match = expression.exec(text);
    at += Math.max(1, match?.[0].length ?? 0);
  }
}

function* inputsFor({ source }: RegExp): Generator<readonly [string, string, string], void> {
  const words = [
    ...new Set(
      source.replace(/\\[a-z]|\(\?<?[:=!]|\\u[\da-f]{4}/gi, ' ').match(/[a-z]{2,}[:(]?|--\w+|__|<|"|'|\(|\[|:/gi) ?? [],
    ),
  ];
  const starts = [
    '',
    ...words.slice(0, 4),
    ...words.slice(0, 2).map((word) => `${word}:`),
    '[a:b:',
    '(a:',
    '<lora:',
    '0: ',
    '{',
    '"0": "',
  ];
  for (const piece of [...PIECES, ...words]) {
    for (const start of starts) {
      yield [start, piece, '!'];
    }
    yield ['', piece, '\n'];
  }
}

const expressions = findExpressions();

describe('regular expressions that read documents', () => {
  it('are found in the sources', () => {
    expect(expressions.length).toBeGreaterThan(100);
  });

  it('take linear time', { timeout: 600_000 }, () => {
    const slow = expressions.flatMap((found) => {
      const { ms, input } = slowest(found);
      return ms > LIMIT ? [`${found.place} ${found.expression}: ${Math.round(ms)} ms for ${input}`] : [];
    });
    expect(slow).toEqual([]);
  });
});
