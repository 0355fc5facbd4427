import { describe, expect, it } from 'vitest';
import { type FoundExpression, findExpressions } from './regular-expressions.ts';

/** Characters of an input. An expression that is quadratic takes tens of milliseconds for them. */
const LENGTH = 4_000;

/** Milliseconds of processor time in which an expression should read them; a linear one takes less than one. */
const LIMIT = 15;

/** Times as many characters show whether an expression that takes longer is linear. */
const TIMES = 4;

/** A quadratic expression takes 16 times as long for 4 times as many characters, a linear one 4 times as long. */
const MOST_GROWTH = 8;

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

/** The first input, made of what an expression mentions, for which its time grows faster than the input; else null. */
function slowInput({ expression }: FoundExpression): string | null {
  for (const [start, piece, end] of inputsFor(expression)) {
    const textOf = (length: number) => start + piece.repeat(length / piece.length) + end;
    const ms = timeOf(expression, textOf(LENGTH));
    if (ms <= LIMIT) continue;
    const grows = () => timeOf(expression, textOf(LENGTH * TIMES)) > timeOf(expression, textOf(LENGTH)) * MOST_GROWTH;
    // What is slow is so each time, unlike a computer that does other work.
    const isSlow = ms > LIMIT * 20 || (grows() && grows() && grows());
    if (isSlow) return `${Math.round(ms)} ms for ${JSON.stringify([start, piece, end])}`;
  }
  return null;
}

/** Milliseconds of processor time, the best of three: other processes run at the same time. */
function timeOf({ source, flags }: RegExp, text: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) {
    // As it is used: all matches if it is global, at every offset if it is sticky, else the first match.
    const all = new RegExp(source, flags.includes('g') || flags.includes('y') ? flags : `${flags}g`);
    const start = process.cpuUsage();
    if (flags.includes('y')) atEachStart(all, text);
    else for (const _ of text.matchAll(all));
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / 1000);
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
      const input = slowInput(found);
      return input === null ? [] : [`${found.place} ${found.expression}: ${input}`];
    });
    expect(slow).toEqual([]);
  });
});
