import { describe, expect, it } from 'vitest';
import { selectionRangeAt } from '../../../server/features/selection-ranges.ts';
import { semanticTokensOf } from '../../../server/features/semantic-tokens.ts';
import { atCursor } from '../hosts.ts';

describe('selection ranges', () => {
  it('grow from the word to the file', () => {
    const { analysis, position } = atCursor('head\n\n0: a (red h‸air:1.2), b\n8: c\n');
    const texts: string[] = [];
    for (let at = selectionRangeAt(analysis, position); ; at = at.parent) {
      const { start, end } = analysis.spanOf(at.range);
      texts.push(analysis.text.slice(start, end));
      if (!at.parent) break;
    }
    expect(texts).toEqual([
      'hair',
      'red hair',
      'red hair:1.2',
      '(red hair:1.2)',
      'a (red hair:1.2), b',
      '0: a (red hair:1.2), b',
      '0: a (red hair:1.2), b\n8: c',
      analysis.text,
    ]);
  });
});

describe('deeply nested brackets', () => {
  it('have an answer that can be serialized', () => {
    const { analysis, position } = atCursor(`0: ${'('.repeat(50_000)}a‸${')'.repeat(50_000)}`);
    expect(JSON.stringify(selectionRangeAt(analysis, position)).length).toBeLessThan(20_000);
    expect(semanticTokensOf(analysis).data.length).toBeGreaterThan(100_000);
  });
});
