import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClipTokenizer, unpackTokenizer } from '../../prompt/clip-tokenizer.ts';
import { clipMerges, clipTokenizer } from '../golden/prompts.ts';
import { DEEP_TEXTS, HUGE_TEXTS, promptText } from './texts.ts';

/** The same vocabulary in another implementation, which knows no repairs of quotes and widths. */
function oracle(): Tokenizer {
  const printable = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  const symbols = [
    ...bytes.filter(printable).map((byte) => String.fromCharCode(byte)),
    ...bytes.filter((byte) => !printable(byte)).map((_, i) => String.fromCharCode(256 + i)),
  ];
  const merges = clipMerges().trimEnd().split('\n');
  const words = [...symbols, ...symbols.map((symbol) => `${symbol}</w>`), ...merges.map((m) => m.replace(' ', ''))];
  const special = [
    { id: 49406, content: '<|startoftext|>' },
    { id: 49407, content: '<|endoftext|>' },
  ].map((token) => ({
    ...token,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
  const vocab = Object.fromEntries(words.map((word, id) => [word, id]));
  return new Tokenizer(
    {
      added_tokens: special,
      normalizer: {
        type: 'Sequence',
        normalizers: [
          { type: 'NFC' },
          { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
          { type: 'Lowercase' },
        ],
      },
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [
          {
            type: 'Split',
            pattern: { Regex: "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+" },
            behavior: 'Removed',
            invert: true,
          },
          { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
        ],
      },
      post_processor: null,
      decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: {
        type: 'BPE',
        dropout: null,
        unk_token: '<|endoftext|>',
        continuing_subword_prefix: '',
        end_of_word_suffix: '</w>',
        fuse_unk: false,
        vocab: { ...vocab, '<|startoftext|>': 49406, '<|endoftext|>': 49407 },
        merges,
      },
    },
    { tokenizer_class: 'CLIPTokenizer' },
  );
}

describe('ClipTokenizer', () => {
  it('numbers start, end and the comma as CLIP does', () => {
    const { startId, endId, commaId } = clipTokenizer();
    expect([startId, endId, commaId]).toEqual([49406, 49407, 267]);
  });

  it('agrees with another implementation', () => {
    const other = oracle();
    const letters = fc.string({ unit: fc.constantFrom(..."abcdefghijklmnoprstuvwy     ,.:()0159'-_éü日本🐈Ωß") });
    fc.assert(
      fc.property(letters, (text) => {
        expect(clipTokenizer().encode(text)).toEqual(other.encode(text, { add_special_tokens: false }).ids);
      }),
    );
  });

  it('reads curly quotes, full width and ligatures as what they stand for', () => {
    const { encode } = { encode: (text: string) => clipTokenizer().encode(text) };
    expect(encode('“don’t”')).toEqual(encode('"don\'t"'));
    expect(encode('ＡＢＣ，１２')).toEqual(encode('abc,12'));
    expect(encode('ﬁre')).toEqual(encode('fire'));
    expect(encode('cafe\u0301')).toEqual(encode('café'));
  });

  it('returns the same ids from its cache', () => {
    const fresh = new ClipTokenizer(clipMerges());
    const text = 'portrait of a portrait, 🐈 portrait';
    expect(fresh.encode(text)).toEqual(fresh.encode(text));
    expect(fresh.encode(text)).toEqual(clipTokenizer().encode(text));
  });

  it('adds up over blanks, and ids are below the end token', () => {
    fc.assert(
      fc.property(promptText, promptText, (a, b) => {
        const tokenizer = clipTokenizer();
        expect(tokenizer.encode(`${a} x ${b}`)).toEqual([
          ...tokenizer.encode(a),
          ...tokenizer.encode('x'),
          ...tokenizer.encode(b),
        ]);
        expect(tokenizer.encode(a).every((id) => id >= 0 && id < tokenizer.startId)).toBe(true);
      }),
    );
  });

  it('reports the line of a vocabulary that is not a merge', () => {
    expect(() => new ClipTokenizer('i n\nqq zz\n')).toThrow(/line 2, "qq zz"/);
    expect(() => new ClipTokenizer('i n t\n')).toThrow(/line 1/);
  });

  it.each([...HUGE_TEXTS, ...DEEP_TEXTS])('gets through half a megabyte of %s', (_, text) => {
    expect(clipTokenizer().encode(text)).toBeInstanceOf(Array);
  });
});

describe('unpackTokenizer', () => {
  const packed = () => new Uint8Array(readFileSync(join(process.cwd(), 'models/clip/merges.txt.gz')));

  it('makes the same tokenizer from the merges as they are stored', async () => {
    const unpacked = await unpackTokenizer(packed());
    expect(unpacked.encode('a lighthouse, (stormy:1.2)')).toEqual(clipTokenizer().encode('a lighthouse, (stormy:1.2)'));
  });

  it('fails if they are truncated or something else', async () => {
    await expect(unpackTokenizer(packed().subarray(0, 1000))).rejects.toThrow();
    await expect(unpackTokenizer(new Uint8Array(100))).rejects.toThrow();
  });
});
