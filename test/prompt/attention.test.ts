import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBreak, parseAttention } from '../../prompt/attention.ts';
import { DEEP_TEXTS, HUGE_TEXTS, promptText } from './texts.ts';

const pairs = (prompt: string) => parseAttention(prompt).map(({ text, weight }) => [text, weight]);

describe('parseAttention', () => {
  it('multiplies nested weights and extends unclosed brackets to the end', () => {
    expect(pairs('((a:1.5) b (c')).toEqual([
      ['a', 1.5 * 1.1],
      [' b ', 1.1],
      ['c', 1.1 * 1.1],
    ]);
  });

  it('supports overlapping round and square brackets', () => {
    expect(pairs('(a[b)c]d')).toEqual([
      ['a', 1.1],
      ['b', 1.1 * (1 / 1.1)],
      ['c', 1 / 1.1],
      ['d', 1],
    ]);
  });

  it('reads an invalid number as text, and still closes the bracket', () => {
    expect(pairs('(a:1.2.3) b')).toEqual([
      ['a:1.2.3', 1.1],
      [' b', 1],
    ]);
    expect(pairs('(a:.)')).toEqual([['a:.', 1.1]]);
  });

  it('reads BREAK as a word between letters of any script', () => {
    expect(parseAttention('日BREAK').some(isBreak)).toBe(false);
    expect(parseAttention('、BREAK').some(isBreak)).toBe(true);
  });

  it('is not a chunk break inside weighted brackets', () => {
    expect(parseAttention('(a BREAK b:1.2)').some(isBreak)).toBe(false);
  });

  it('counts a hundred open brackets of a kind and ignores the others', () => {
    const weightAt = (depth: number) => parseAttention(`${'('.repeat(depth)}x`)[0]!.weight;
    expect(weightAt(99)).toBeCloseTo(1.1 ** 99, -2);
    expect(weightAt(100)).toBeGreaterThan(weightAt(99));
    expect(weightAt(101)).toBe(weightAt(100));
  });

  it('never throws, loses no text, and joins neighbors of equal weight', () => {
    fc.assert(
      fc.property(promptText, (prompt) => {
        const parts = parseAttention(prompt);
        expect(parts.length).toBeGreaterThan(0);
        for (let i = 1; i < parts.length; i++) expect(parts[i]!.weight).not.toBe(parts[i - 1]!.weight);
        const letters = (text: string) => text.replace(/[^\p{L}]/gu, '');
        expect(letters(parts.map(({ text }) => text).join(''))).toBe(letters(prompt));
      }),
    );
  });

  it('is plain text without syntax', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'abc ,.-日é\n') }), (prompt) => {
        expect(parseAttention(prompt)).toEqual([{ text: prompt, weight: 1 }]);
      }),
    );
  });

  it.each([...HUGE_TEXTS, ...DEEP_TEXTS])('gets through half a megabyte of %s', (_, prompt) => {
    expect(parseAttention(prompt).length).toBeGreaterThan(0);
  });
});
