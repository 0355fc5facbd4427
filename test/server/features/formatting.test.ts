import { describe, expect, it } from 'vitest';
import { formattingOf } from '../../../server/features/formatting.ts';
import { analyze, edited } from '../hosts.ts';

describe('formatting', () => {
  it('is idempotent', () => {
    const analysis = analyze('a cat\n0:red  \n8:   (blue:1.30)\n');
    const formatted = edited(analysis, formattingOf(analysis));
    expect(formatted).toBe('a cat\n\n0: red\n8: (blue:1.3)\n');
    expect(formattingOf(analyze(formatted))).toEqual([]);
  });
});
