import { describe, expect, it } from 'vitest';
import { referencesOf } from '../../../server/features/references.ts';
import { atCursor } from '../hosts.ts';
import { example } from './names.ts';

describe('references', () => {
  it('are all occurrences, in settings and in prompts, with and without braces', () => {
    const { analysis, position } = atCursor(example('$he‸ro'));
    const lines = (declaration: boolean) =>
      referencesOf(analysis, position, declaration).map(({ range }) => range.start.line);
    expect(lines(true)).toEqual([2, 3, 3, 4, 6, 8, 9]);
    expect(lines(false)).toEqual([3, 3, 4, 6, 8, 9]);
  });
});
