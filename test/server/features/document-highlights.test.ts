import { describe, expect, it } from 'vitest';
import { documentHighlightsOf } from '../../../server/features/document-highlights.ts';
import { atCursor } from '../hosts.ts';

describe('document highlights', () => {
  it('are all occurrences of the name at the cursor', () => {
    const { analysis, position } = atCursor('---\ndefine: {hero: a cat}\n---\n0: $he‸ro, $other\n8: $hero\n');
    const texts = documentHighlightsOf(analysis, position).map(({ range }) => {
      const { start, end } = analysis.spanOf(range);
      return `${range.start.line}: ${analysis.text.slice(start, end)}`;
    });
    expect(texts).toEqual(['1: hero', '3: hero', '4: hero']);
  });

  it('are empty at other words', () => {
    const { analysis, position } = atCursor('0: he‸ro, $hero\n');
    expect(documentHighlightsOf(analysis, position)).toEqual([]);
  });
});
