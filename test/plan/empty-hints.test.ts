import { describe, expect, it } from 'vitest';
import { readEmptyHints, withEmptyHints } from '../../plan/empty-hints.ts';

describe('the file of black hints', () => {
  it.each(['', '{"a": 1}', '["a", 1]', '["a'])('is empty if it is %j', (text) => {
    expect(readEmptyHints(text)).toEqual([]);
  });

  it('gets new keys at its end, and none twice', () => {
    const first = withEmptyHints('', ['a', 'b', 'a'])!;
    expect(readEmptyHints(first)).toEqual(['a', 'b']);
    expect(withEmptyHints(first, ['b', 'a'])).toBeNull();
    expect(readEmptyHints(withEmptyHints(first, ['b', 'c'])!)).toEqual(['a', 'b', 'c']);
  });

  it('forgets the oldest ones when it is full', () => {
    const many = Array.from({ length: 5000 }, (_, i) => `${i}`);
    const full = withEmptyHints('', many)!;
    const next = readEmptyHints(withEmptyHints(full, ['new'])!);
    expect([next.length, next[0], next.at(-1)]).toEqual([5000, '1', 'new']);
  });
});
