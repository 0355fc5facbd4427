import { describe, expect, it } from 'vitest';
import { definitionOf } from '../../../server/features/definition.ts';
import { renameRangeOf } from '../../../server/features/rename.ts';
import { atCursor, URI } from '../hosts.ts';
import { example } from './names.ts';

const fileUri = (path: string) => `file://${path}`;

describe('definition', () => {
  it('is the key in the front matter', () => {
    const { analysis, position } = atCursor(example('$he‸ro'));
    expect(definitionOf(analysis, position, fileUri)).toEqual({
      uri: URI,
      range: { start: { line: 2, character: 2 }, end: { line: 2, character: 6 } },
    });
  });

  it('may be in a file that this one extends', () => {
    const travel = { 'base.travel': '---\ndefine: {hero: a cat}\n---\n' };
    const { analysis, position } = atCursor('---\nextends: base.travel\n---\n0: $he‸ro', { travel });
    expect(definitionOf(analysis, position, fileUri)).toEqual({
      uri: 'file:///videos/base.travel',
      range: { start: { line: 1, character: 9 }, end: { line: 1, character: 13 } },
    });
    expect(renameRangeOf(analysis, position)).toBeNull();
  });

  it('is null if files extend one another in a circle, or if there is no name', () => {
    const travel = { 'a.travel': '---\nextends: a.travel\n---\n' };
    const circle = atCursor('---\nextends: a.travel\n---\n0: $he‸ro', { travel });
    expect(definitionOf(circle.analysis, circle.position, fileUri)).toBeNull();
    const nothing = atCursor('0: he‸ro');
    expect(definitionOf(nothing.analysis, nothing.position, fileUri)).toBeNull();
  });
});
