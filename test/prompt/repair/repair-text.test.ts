import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isMojibake } from '../../../prompt/repair/mojibake.ts';
import { repairText } from '../../../prompt/repair/repair-text.ts';
import { clipTokenizer } from '../../golden/prompts.ts';
import { DEEP_TEXTS, HUGE_TEXTS } from '../texts.ts';

/** Generated texts and what ftfy 6.3.1 makes of them. */
const repaired = z
  .array(z.tuple([z.string(), z.string()]))
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, 'repaired.json'), 'utf8')));

/** A text as it looks after its UTF-8 is read as Latin-1. */
const asLatin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

describe('repairText', () => {
  it('agrees with ftfy', () => {
    expect(repaired.length).toBe(500);
    for (const [text, expected] of repaired) expect([text, repairText(text)]).toEqual([text, expected]);
  });

  it.each([
    ['a naÃ¯ve painting of a cafÃ© in Paris', 'a naïve painting of a café in Paris'],
    ['itâ€™s late', "it's late"],
    ['â€œquotedâ€\u009d', '"quoted"'],
    ['voilÃ  le travail', 'voilà le travail'],
    ['ÐºÐ¾Ñ‚ Ð½Ð° ÐºÑ€Ñ‹ÑˆÐµ', 'кот на крыше'],
    ['caf√©', 'café'],
    ['cafÃƒÂ©', 'café'],
    ['\u0085 and \u0092', "… and '"],
    ['AT&amp;T, P&eacute;rez, P&EACUTE;REZ, &#233;', 'AT&T, Pérez, PÉREZ, é'],
    ['<b>&amp;', '<b>&amp;'],
    ['a < b\n&amp;', 'a < b\n&amp;'],
    ['&amp;\na < b', '&\na < b'],
    ['&bogus; &nTILDE; &amp', '&bogus; &nTILDE; &amp'],
    ['ﬁre, ﬅ, ŉ', "fire, ſt, 'n"],
    ['ＡＢＣ，ｶﾞ　１', 'ABC,ガ 1'],
    ['\x1b[31mred\x1b[0m\x07', 'red'],
    ['\ud83d x', '\ufffd x'],
  ])('repairs %j', (text, expected) => {
    expect(repairText(text)).toBe(expected);
  });

  const word = fc.oneof(
    ...[
      'abcdefghijklmnopqrstuvwxyz',
      'aàâçéèêëîïôûùüÿbcdm',
      'αβγδεζηθικλμνξοπρστυφχψω',
      'абвгдежзийклмнопрстуфхцчшщъыьэюя',
    ]
      .map((letters) => fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 9 }))
      .concat(fc.string({ unit: fc.constantFrom(...'日本の城桜雪夜光猫고양이와달🦊🐈'), minLength: 1, maxLength: 5 })),
  );
  const text = fc
    .array(fc.tuple(word, fc.constantFrom(' ', ', ', '. ', ' (', ':1.2), ', '\n', ' — ', '… ', ' & ', '; ')), {
      maxLength: 12,
    })
    .map((parts) => parts.flat().join(''));

  it('leaves words of one script each, and their signs, as they are', () => {
    fc.assert(fc.property(text, (written) => void expect(repairText(written)).toBe(written)));
  });

  it('changes no letters in text without suspicious sequences', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'abÀÉéüßøñçŁłžŠœÆαΩЯя日本 ,.()€£²½©®°…—×') });
    fc.assert(
      fc.property(letters, (written) => {
        fc.pre(!isMojibake(written));
        expect(repairText(written)).toBe(written);
      }),
    );
  });

  it('restores words that were read as Latin-1', () => {
    const broken = fc.tuple(word, word).filter(([a, b]) => isMojibake(asLatin1(`${a} ${b}`)));
    fc.assert(fc.property(broken, ([a, b]) => void expect(repairText(asLatin1(`${a} ${b}`))).toBe(`${a} ${b}`)));
  });

  it('is stable', () => {
    for (const [written] of repaired) {
      const once = repairText(written);
      // Line by line; a “<” in an earlier line protects the entities of later ones.
      if (!once.includes('<')) expect(repairText(once)).toBe(once);
    }
  });

  it.each([
    ...HUGE_TEXTS,
    ...DEEP_TEXTS,
    ['nested entities', `${'&'.padEnd(500_000, 'amp;')}`] as const,
    ['nested numbers', `${'&#5'.repeat(100_000)}0${';'.repeat(100_000)}`] as const,
    ['mojibake', 'naÃ¯ve â€œ'.repeat(50_000)] as const,
    ['mixed mojibake', 'naÃ¯ve 日 Ã '.repeat(50_000)] as const,
    ['suspicious signs', 'ÃÂ'.repeat(250_000)] as const,
  ])('gets through half a megabyte of %s', (_, huge) => {
    expect(repairText(huge)).toBeTypeOf('string');
  });
});

describe('ClipTokenizer', () => {
  it('reads damaged text as what it was', () => {
    const { encode } = { encode: (prompt: string) => clipTokenizer().encode(prompt) };
    expect(encode('a naÃ¯ve painting of a cafÃ© in Paris')).toEqual(encode('a naïve painting of a café in Paris'));
    expect(encode('Tom &amp; Jerry')).toEqual(encode('Tom & Jerry'));
    expect(encode('&lt;|endoftext|&gt;')).not.toContain(clipTokenizer().endId + 1);
    expect(encode('&amp;<|endoftext|>&amp;')).toEqual([...encode('&'), clipTokenizer().endId, ...encode('&')]);
  });
});
