import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTravel } from '../../grammar/language.ts';
import { reparse } from '../../grammar/reparse.ts';

const PIECES = [
  '0: a\n',
  '8-9 ease: (b:1.2) --neg c\n',
  '50%: $d, __e__\n',
  '  12: f\n',
  '  more\n',
  'tail\n',
  '# note\n',
  'g # h\n',
  '\n',
  '\r\n',
  '\r',
  '0',
  ':',
  ' ',
  '---\n',
  'fps: 8\n',
  '(',
  ']',
  '\\#',
  '\\',
  '<lora:x:1>',
  '\uFEFF',
  '😀',
  '--neg ',
];
const texts = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join(''));

describe('reparse', () => {
  it('gives what parsing the whole text gives', () => {
    fc.assert(
      fc.property(texts, fc.nat(), fc.nat(8), fc.constantFrom('', ...PIECES), (text, at, length, put) => {
        const start = at % (text.length + 1);
        const after = text.slice(0, start) + put + text.slice(start + length);
        expect(reparse(parseTravel(text), after)).toEqual(parseTravel(after));
      }),
      { numRuns: 3000 },
    );
  });

  it('gives the same for texts that have nothing to do with one another', () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        expect(reparse(parseTravel(before), after)).toEqual(parseTravel(after));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps what lies before the change as it is', () => {
    const text = Array.from({ length: 100 }, (_, i) => `${i}: a\n`).join('');
    const before = parseTravel(text);
    const after = reparse(before, text.replace('90: a', '90: abc'));
    expect(after.keyframes[50]).toBe(before.keyframes[50]);
    expect(after.keyframes[90]?.prompt.text).toBe('abc');
    expect(after).toEqual(parseTravel(after.text));
  });
});
