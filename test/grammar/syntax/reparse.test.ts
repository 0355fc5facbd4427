import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTravel } from '../../../grammar/language.ts';
import { runToEnd } from '../../../grammar/sliced-task.ts';
import { parseTravelSliced } from '../../../grammar/syntax/parse.ts';
import { reparse } from '../../../grammar/syntax/reparse.ts';
import { runs } from '../../property-runs.ts';

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
  '8 cats\n',
  '-1: i\n',
  '- j\n',
  '---\n',
  '--- \r\n',
  'fps: 8\n',
  '\u2028',
  '(',
  ']',
  ')',
  '{\n',
  '|b}\n',
  '　c\n',
  '<lora:x:\n',
  '1>\n',
  '16:9\n',
  '\\12: d\n',
  '\\#',
  '\\',
  '<lora:x:1>',
  '\uFEFF',
  '😀',
  '--neg ',
];
const texts = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join(''));

describe('parsing in slices', () => {
  it('gives the same document as parsing at once', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom(0, 1, 5, 20), (text, blockLength) => {
        const whole = runToEnd(parseTravelSliced(text, Number.POSITIVE_INFINITY));
        expect(runToEnd(parseTravelSliced(text, blockLength))).toEqual(whole);
      }),
      runs(3000),
    );
  });

  it.each([
    ['a film', `---\nfps: 8\n---\nhead\n${'0: a\n  b\n'.repeat(10_000)}tail\n`],
    ['keys pasted over a film', `${'8: (b:1.2) # c\n'.repeat(10_000)}`],
    ['lines of text', 'a\n'.repeat(20_000)],
  ])('pauses in a long file of %s', (_, text) => {
    const work = parseTravelSliced(text);
    let pauses = 0;
    while (!work.next().done) pauses++;
    expect(pauses).toBeGreaterThan(2);
  });
});

describe('reparse', () => {
  it('gives the same document as parsing the whole text', () => {
    fc.assert(
      fc.property(texts, fc.nat(), fc.nat(8), fc.constantFrom('', ...PIECES), (text, at, length, put) => {
        const start = at % (text.length + 1);
        const after = text.slice(0, start) + put + text.slice(start + length);
        expect(reparse(parseTravel(text), after)).toEqual(parseTravel(after));
      }),
      runs(3000),
    );
  });

  it('gives the same document for unrelated texts', () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        expect(reparse(parseTravel(before), after)).toEqual(parseTravel(after));
      }),
      runs(300),
    );
  });

  it('keeps the identity of moved prompts, and of no others', () => {
    const text = `head\n${Array.from({ length: 100 }, (_, i) => `${i}: a\n`).join('')}tail\n`;
    const before = parseTravel(text);
    const after = reparse(before, text.replace('50: a', '50: abc'));
    expect(after.keyframes[90]!.prompt.identity).toBe(before.keyframes[90]!.prompt.identity);
    expect(after.tail[0]!.prompt.identity).toBe(before.tail[0]!.prompt.identity);
    expect(after.keyframes[50]!.prompt.identity).not.toBe(before.keyframes[50]!.prompt.identity);
  });

  it('does not parse keyframes again below edited front matter', () => {
    const text = `---\nfps: 8\n---\n${'0: a\n'.repeat(100)}`;
    const before = parseTravel(text);
    const after = reparse(before, text.replace('fps: 8', 'fps: 12'));
    expect(after).toEqual(parseTravel(after.text));
    expect(after.keyframes[50]!.prompt.identity).toBe(before.keyframes[50]!.prompt.identity);
    expect(reparse(after, text.replace('fps: 8\n---\n', 'fps: 8\n'))).toEqual(
      parseTravel(text.replace('fps: 8\n---\n', 'fps: 8\n')),
    );
  });

  it('keeps everything before the change', () => {
    const text = Array.from({ length: 100 }, (_, i) => `${i}: a\n`).join('');
    const before = parseTravel(text);
    const after = reparse(before, text.replace('90: a', '90: abc'));
    expect(after.keyframes[50]).toBe(before.keyframes[50]);
    expect(after.keyframes[90]?.prompt.text).toBe('abc');
    expect(after).toEqual(parseTravel(after.text));
  });
});
