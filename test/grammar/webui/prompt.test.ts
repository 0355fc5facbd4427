import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWebuiPrompt } from '../../../grammar/webui/prompt.ts';

const parse = (text: string) => parseWebuiPrompt(text, { frames: 16, context: 16 });

describe('parseWebuiPrompt', () => {
  it.each([
    ['girl\n0:smile\n8:cry', 'plain'],
    [' 0: smile', 'travel'],
    ['girl\n 0: smile', 'plain'],
    ['0: ', 'plain'],
    ['0:\ta', 'plain'],
    ['12:30 clock\n0: a\n8: b', 'plain'],
    ['"0": "a",', 'plain'],
    ['', 'plain'],
    ['8: a\n0: b', 'refused'],
    ['16: b', 'refused'],
  ])('reads %j as %s', (text, kind) => {
    expect(parse(text).kind).toBe(kind);
  });

  it('keeps a plain prompt verbatim', () => {
    expect(parse('  a\nb  ')).toEqual({ kind: 'plain', prompt: '  a\nb  ' });
  });

  it('accepts digits of any script', () => {
    expect(parse('０: a\n１２: b\n१३: c')).toMatchObject({ keyframes: [{ frame: 0 }, { frame: 12 }, { frame: 13 }] });
  });

  it('trims what Python trims', () => {
    expect(parse('\x1c\u00a0h\n0: a\u3000\x85')).toMatchObject({ keyframes: [{ prompt: 'h, a, ' }] });
    expect(parse('\ufeff0: a')).toMatchObject({ kind: 'plain' });
  });

  it('keeps line separators other than LF', () => {
    expect(parse('0: a\u2028b\rc')).toMatchObject({ keyframes: [{ prompt: ', a\u2028b\rc, ' }] });
  });

  it('reports the line of a frame that does not exist', () => {
    expect(parse('h\n0: a\n020: b')).toEqual({
      kind: 'refused',
      message: 'invalid prompt travel frame number: 20 >= number of frames (16)',
      line: 2,
    });
  });

  it('extends a clip to at least one context', () => {
    const parsed = parseWebuiPrompt('0: a\n4: b', { frames: 8, context: 16 });
    expect(parsed.kind === 'travel' && parsed.perFrame.length).toBe(16);
  });

  it('reads any text in linear time', () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.nat(40).map((n) => `${n}: x`),
      fc.nat(40).map((n) => `${n}:x`),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const parsed = parse(lines.join('\n'));
        if (parsed.kind === 'travel') expect(parsed.perFrame).toHaveLength(16);
      }),
    );
    const long = Array.from({ length: 20_000 }, (_, i) => `${i}: text ${i}`).join('\n');
    expect(parseWebuiPrompt(`${' '.repeat(100_000)}${long}`, { frames: 20_000, context: 16 }).kind).toBe('travel');
    expect(
      parseWebuiPrompt(`0: a${' '.repeat(200_000)}\n${'9'.repeat(200_000)}: b`, { frames: 9, context: 9 }).kind,
    ).toBe('refused');
  });
});
