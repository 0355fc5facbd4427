import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../exchange/decode.ts';
import { FORMAT_NAMES } from '../../exchange/format.ts';
import { importTravel } from '../../exchange/import.ts';
import { ImportError } from '../../exchange/notes.ts';

/** Imports a text, or gives the reason why it cannot be imported. Anything else is a bug. */
function outcome(text: string, format: (typeof FORMAT_NAMES)[number] | null = null): string {
  try {
    return importTravel([{ text }], { format }).travel;
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    return error.message;
  }
}

const FILES = [
  '{"prompt_map": {"0": "a", "8": "b"}, "n_prompt": [""], "seed": [1]}',
  '{"prompt": "a\\n0: b", "alwayson_scripts": {"AnimateDiff": {"args": [{"enable": true}]}}}',
  'a\n0: b\nNegative prompt: c\nSteps: 20, Sampler: Euler a, AnimateDiff: "model: x, fps: 8", Size: 8x8',
  '"0": "a",\n"8": "b --neg c"',
  '0 = "a", 0.5 = "b"',
  '{"animation_mode": "2D", "prompts": {"0": "a", "max_f/2": "b"}, "cfg_scale_schedule": "0: (7), 3: (t)"}',
  '{"nodes": [{"id": 1, "type": "KSampler", "inputs": [{"name": "model", "link": 1}], "widgets_values": [1]}], "links": [[1, 1, 0, 1, 0, "MODEL"]]}',
  '{"1": {"class_type": "KSampler", "inputs": {"model": ["1", 0], "latent_image": ["1", 0]}}, "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}}}',
];

describe('broken files', () => {
  it('get a file or one sentence, whatever is cut off or replaced, in any format', () => {
    const change = fc.record({
      file: fc.constantFrom(...FILES),
      at: fc.nat(400),
      cut: fc.nat(30),
      text: fc.constantFrom('', '"', '{', '}', '[', ',', ':', '\\', '\n', '0', '`', 'max_f', '“', '\u0000', '--neg'),
      format: fc.constantFrom(null, ...FORMAT_NAMES),
    });
    fc.assert(
      fc.property(change, ({ file, at, cut, text, format }) => {
        const broken = file.slice(0, at % file.length) + text + file.slice((at % file.length) + cut);
        expect(typeof outcome(broken, format)).toBe('string');
      }),
    );
  });

  it.each([
    ['a list of numbers', '[1, 2]'],
    ['JSON of another program', '{"name": "x", "scripts": {}}'],
    ['a map with empty prompts', '{"prompts": {}}'],
  ])('that are %s', (_, text) => {
    expect(outcome(text)).toBeTruthy();
  });

  it('take less than a second a megabyte', () => {
    const repeated = (piece: string) => piece.repeat(Math.ceil(1_000_000 / piece.length));
    const texts = [
      `{"prompt_map": {${repeated('"1": "a, b",')} "2": ""}}`,
      `a\nSteps: 1, ${repeated('a: "b", ')}`,
      repeated('['),
      repeated('{"a":'),
      repeated('0: a\n'),
      repeated('"0": "a",'),
      repeated('0 = "a", '),
      `{"prompts": {"0": "${repeated('`t` ')}"}}`,
      `x, ${repeated('{a|')}`,
      repeated('\\'),
      repeated(' '),
    ];
    const slow: string[] = [];
    for (const text of texts) {
      const start = process.cpuUsage();
      outcome(text);
      const { user, system } = process.cpuUsage(start);
      if (user + system > 1e6) slow.push(`${(user + system) / 1e6} s: ${text.slice(0, 30)}`);
    }
    expect(slow).toEqual([]);
  });

  it('are read in UTF-16, without UTF-8, and with a byte order mark', () => {
    const utf16 = Buffer.from('\uFEFFa b', 'utf16le');
    expect(decodeText(utf16)).toMatchObject({ text: 'a b', notes: [{ key: 'encoding' }] });
    expect(decodeText(Buffer.from(utf16).swap16()).text).toBe('a b');
    expect(decodeText(Buffer.from('café', 'latin1'))).toMatchObject({ text: 'café', notes: [{ key: 'encoding' }] });
    expect(decodeText(Buffer.from('\uFEFFcafé'))).toEqual({ text: 'café', notes: [] });
    expect(() => decodeText(Buffer.from([1, 2, 3, 4, 0, 5]))).toThrow('byte 4 is 0');
  });
});
