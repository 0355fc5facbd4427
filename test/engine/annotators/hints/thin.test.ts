import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { thin } from '../../../../engine/annotators/hints/thin.ts';
import { drawn, rowsOf } from '../pictures.ts';

describe('thin', () => {
  // The results are those of the patterns with OpenCV's hit-or-miss.
  it('thins what is thick to one pixel', () => {
    const bar = drawn('..........', '.########.', '.########.', '.########.', '..........');
    expect(rowsOf(thin(bar, false))).toEqual(['..........', '.#......#.', '.########.', '.#......#.', '..........']);
    const whole = drawn('#####', '#####', '#####', '#####', '#####');
    expect(rowsOf(thin(whole, false))).toEqual(['.....', '#..#.', '.###.', '.####', '.#...']);
  });

  it('prunes short branches and ends if asked', () => {
    const bar = drawn('..........', '.########.', '.########.', '.########.', '..........');
    expect(rowsOf(thin(bar, true))).toEqual(['..........', '..........', '.######...', '..........', '..........']);
    const line = drawn('.......', '.#####.', '.......');
    expect(rowsOf(thin(line, false))).toEqual(rowsOf(line));
    expect(rowsOf(thin(line, true))).toEqual(['.......', '...#...', '.......']);
  });

  it('only removes pixels', () => {
    const cells = fc.array(fc.constantFrom('.', '#'), { minLength: 48, maxLength: 48 });
    fc.assert(
      fc.property(cells, fc.boolean(), (all, prune) => {
        const rows = [0, 1, 2, 3, 4, 5].map((y) => all.slice(y * 8, y * 8 + 8).join(''));
        const before = drawn(...rows);
        const after = thin(before, prune);
        expect(after.data.every((value, i) => value === 0 || before.data[i] === value)).toBe(true);
      }),
    );
  });
});
