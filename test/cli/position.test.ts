import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Positions } from '../../cli/position.ts';

describe('line and column of an offset', () => {
  it.each([
    ['one line', 'abc', 2, 1, 3],
    ['the end of the text', 'abc', 3, 1, 4],
    ['the line feed belongs to its line', 'ab\ncd', 2, 1, 3],
    ['after a line feed', 'ab\ncd', 3, 2, 1],
    ['CRLF is one end', 'ab\r\ncd', 4, 2, 1],
    ['a lone carriage return ends a line', 'ab\rcd', 3, 2, 1],
    ['an empty text', '', 0, 1, 1],
    ['after the last line feed', 'ab\n', 3, 2, 1],
    ['UTF-16 units: a face counts two', '🦊x', 2, 1, 3],
  ])('%s', (_, text, offset, line, column) => {
    expect(new Positions(text).at(offset)).toEqual({ line, column });
  });

  it('takes offsets outside the text for its nearest end', () => {
    const positions = new Positions('ab\ncd');
    expect(positions.at(-5)).toEqual({ line: 1, column: 1 });
    expect(positions.at(99)).toEqual({ line: 2, column: 3 });
  });

  it('agrees with counting the ends of lines before the offset', () => {
    const text = fc.array(fc.constantFrom('a', '\n', '\r\n', '\r', '🦊')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.nat(60), (written, at) => {
        const offset = Math.min(at, written.length);
        // Between the halves of CRLF the line has not ended yet.
        const split = written[offset - 1] === '\r' && written[offset] === '\n';
        const before = written.slice(0, split ? offset - 1 : offset).split(/\r\n|\n|\r/);
        const column = before.at(-1)!.length + 1 + (split ? 1 : 0);
        expect(new Positions(written).at(offset)).toEqual({ line: before.length, column });
      }),
    );
  });
});
