import { describe, expect, it } from 'vitest';
import { definitionOf } from '../../../server/features/definition.ts';
import { referencesOf } from '../../../server/features/references.ts';
import { renameOf, renameRangeOf } from '../../../server/features/rename.ts';
import { atCursor, edited, URI } from '../hosts.ts';

const BRACED = '$' + '{hero}';
const example = (first: string) => `---
define:
  hero: a cat
  pair: $hero and $hero
negative_prompt: not $hero
---
${first}

0: ${BRACED}, $pair
8: no hero --neg $hero
`;

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

describe('references', () => {
  it('are all occurrences, in settings and in prompts, with and without braces', () => {
    const { analysis, position } = atCursor(example('$he‸ro'));
    const lines = (declaration: boolean) =>
      referencesOf(analysis, position, declaration).map(({ range }) => range.start.line);
    expect(lines(true)).toEqual([2, 3, 3, 4, 6, 8, 9]);
    expect(lines(false)).toEqual([3, 3, 4, 6, 8, 9]);
  });
});

describe('rename', () => {
  const renamed = (to: string) => {
    const { analysis, position } = atCursor(example('$‸hero'));
    const rename = renameOf(analysis, position, to);
    return rename.ok ? edited(analysis, rename.edit.changes?.[URI] ?? []) : rename.reason;
  };

  it('changes every occurrence and nothing else', () => {
    expect(renamed('heldin')).toBe(
      example('$hero').replaceAll('$hero', '$heldin').replace('{hero}', '{heldin}').replace('  hero:', '  heldin:'),
    );
  });

  it('accepts the name with its dollar sign', () => {
    expect(renamed('$heldin')).toBe(renamed('heldin'));
  });

  it('refuses invalid names and names that are already defined', () => {
    expect(renamed('two words')).toContain('is not a valid name');
    expect(renamed('')).toContain('is not a valid name');
    expect(renamed('pair')).toContain('already defined');
  });
});
