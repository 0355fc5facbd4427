import { describe, expect, it } from 'vitest';
import { Composer, type CST } from 'yaml';
import { readSettings } from '../../../grammar/settings/read.ts';
import { MOST_LEXEMES } from '../../../grammar/settings/yaml-tree.ts';

/** How many tokens the YAML library makes values and errors of. @param type of those that count; undefined: all */
function composed(text: string, type?: CST.Token['type']): number {
  const own = Composer.prototype.next;
  let count = 0;
  Composer.prototype.next = function (token) {
    if (type === undefined || token.type === type) count++;
    return own.call(this, token);
  };
  try {
    readSettings(text, 0);
    return count;
  } finally {
    Composer.prototype.next = own;
  }
}

describe('settings that are designed to be slow', () => {
  it.each(['}', ']', '{}', '[]', 'a]', '} ', '],'])('cost one mistake for each line: %j', (unit) => {
    expect(composed(`fps: 8\n${unit.repeat(20_000)}\nseed: 1\n`, 'error')).toBeLessThan(10);
    const [first, ...others] = readSettings(`${unit.repeat(20_000)}\n`, 0).issues;
    expect(first).toMatchObject({ kind: 'front-matter-syntax' });
    expect(others.length).toBeLessThan(2);
  });

  it('have the mistakes of each line', () => {
    const starts = readSettings(']]\nfps: 8\n]]\n}}\n', 0).issues.map(({ span }) => span.start);
    expect(starts).toEqual([0, 10, 13]);
  });

  it.each(['- ', 'a: b\n', '"a" ', '%a\n', ']\n', '{a: b},', '&a ', '*a '])(
    'are not read at all if they are too long, with the place: %j',
    (unit) => {
      const text = unit.repeat(MOST_LEXEMES);
      expect(composed(text)).toBe(0);
      const issue = readSettings(text, 0).issues.find((each) => 'reason' in each && each.reason === 'too-long');
      expect(issue?.span.start).toBeGreaterThan(MOST_LEXEMES / 8);
      expect(issue?.span.end).toBeLessThanOrEqual(text.length);
    },
  );

  it('may have a number for each of 20,000 frames', () => {
    const numbers = Array.from({ length: 20_000 }, (_, frame) => `${frame}: ${frame % 7}.5`).join(', ');
    expect(readSettings(`cfg_scale: {${numbers}}\n`, 0).issues).toEqual([]);
  });

  it('leave the stacks of other errors as they are', () => {
    const limit = Error.stackTraceLimit;
    readSettings('a: ]', 0);
    expect(Error.stackTraceLimit).toBe(limit);
  });
});
