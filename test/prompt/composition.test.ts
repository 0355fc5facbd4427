import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stripWebuiComments } from '../../prompt/comments.ts';
import { splitComposition } from '../../prompt/composition.ts';
import { HUGE_TEXTS, promptText } from './texts.ts';

const pairs = (prompt: string) => splitComposition(prompt).map(({ text, weight }) => [text, weight]);

describe('splitComposition', () => {
  it('reads a weight at the end of a part, blanks around it', () => {
    expect(pairs('a : +1. \n AND b:-.5 AND c')).toEqual([
      ['a', 1],
      [' b', -0.5],
      [' c', 1],
    ]);
  });

  it('leaves invalid numbers in the text', () => {
    expect(pairs('a:1e3')).toEqual([['a:1e3', 1]]);
    expect(pairs('a:.')).toEqual([['a:.', 1]]);
    expect(pairs('a:')).toEqual([['a:', 1]]);
  });

  it('needs AND to stand alone', () => {
    expect(pairs('aAND b ANDc 日AND and')).toEqual([['aAND b ANDc 日AND and', 1]]);
    expect(pairs('(a)AND(b)')).toHaveLength(2);
  });

  it('has at least one part, and every part one weight', () => {
    fc.assert(
      fc.property(promptText, (prompt) => {
        const parts = splitComposition(prompt);
        expect(parts.length).toBeGreaterThan(0);
        expect(parts.every(({ weight }) => Number.isFinite(weight))).toBe(true);
      }),
    );
  });

  it.each(HUGE_TEXTS)('gets through half a megabyte of %s', (_, prompt) => {
    expect(splitComposition(prompt).length).toBeGreaterThan(0);
    expect(stripWebuiComments(prompt)).toBeTypeOf('string');
  });
});
