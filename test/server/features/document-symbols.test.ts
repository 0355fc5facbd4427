import { describe, expect, it } from 'vitest';
import { documentSymbolsOf } from '../../../server/features/document-symbols.ts';
import { analyze } from '../hosts.ts';

const EXAMPLE = `---
frames: 32
save: [webp, mp4]
---
# what it is
# about
a cat
in a hat

0-4: red
50% ease: blue,
  and green --neg ugly
99: white

fox ears
`;

describe('document symbols', () => {
  it('show settings, head, keyframes and tail', () => {
    const symbols = documentSymbolsOf(analyze(EXAMPLE));
    expect(symbols.map(({ name, detail }) => [name, detail])).toEqual([
      ['Settings', ''],
      ['Head', 'a cat in a hat'],
      ['0-4', 'red'],
      ['50%', 'blue, and green'],
      ['99', 'white'],
      ['Tail', 'fox ears'],
    ]);
    expect(symbols[0]?.children?.map(({ name, detail }) => [name, detail])).toEqual([
      ['frames', '32'],
      ['save', '[webp, mp4]'],
    ]);
  });

  it('have a selection range inside their range, as the protocol requires', () => {
    const analysis = analyze(EXAMPLE);
    const all = documentSymbolsOf(analysis).flatMap((symbol) => [symbol, ...(symbol.children ?? [])]);
    for (const { range, selectionRange } of all) {
      const [outer, inner] = [analysis.spanOf(range), analysis.spanOf(selectionRange)];
      expect(inner.start).toBeGreaterThanOrEqual(outer.start);
      expect(inner.end).toBeLessThanOrEqual(outer.end);
    }
  });

  it('are empty for an empty file', () => {
    expect(documentSymbolsOf(analyze(''))).toEqual([]);
  });
});
