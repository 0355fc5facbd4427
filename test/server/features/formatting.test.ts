import { describe, expect, it } from 'vitest';
import { formattingOf } from '../../../server/features/formatting.ts';
import { analyze, edited } from '../hosts.ts';

describe('formatting', () => {
  it('tidies, and has nothing to do the second time', () => {
    const analysis = analyze('a cat\n0:red  \n8:   (blue:1.30)\n');
    const tidy = edited(analysis, formattingOf(analysis));
    expect(tidy).toBe('a cat\n\n0: red\n8: (blue:1.3)\n');
    expect(formattingOf(analyze(tidy))).toEqual([]);
  });
});
