import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText, isText } from '../../exchange/decode.ts';
import { FORMAT_NAMES } from '../../exchange/format.ts';
import { importTravel } from '../../exchange/import.ts';
import { ImportError, type Note } from '../../exchange/notes.ts';
import { processorSeconds } from '../processor-time.ts';

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

  it('take less than a second a megabyte', async () => {
    const repeated = (piece: string) => piece.repeat(Math.ceil(1_000_000 / piece.length));
    const texts = [
      `{"prompt_map": {${repeated('"1": "a, b",')} "2": ""}}`,
      `a\nSteps: 1, ${repeated('a: "b", ')}`,
      `a\nSteps: 1, a: {${repeated('\\"')}`,
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
      const seconds = await processorSeconds(() => outcome(text));
      if (seconds > 1) slow.push(`${seconds} s: ${text.slice(0, 30)}`);
    }
    expect(slow).toEqual([]);
  });

  it.each(['(', '[', ')', '}', '{a|', '|', '[{', '|0|a|', '(['])(
    'are refused before they are parsed if they are mostly brackets: %s',
    (piece) => {
      const text = piece.repeat(Math.floor(24_000 / piece.length));
      const lines = Array.from({ length: 20 }, () => text);
      const keys = Object.fromEntries(lines.map((line, i) => [i, line]));
      const texts = [
        `a ${text}`,
        `a\n${lines.join('\n')}`,
        lines.map((line, i) => `${i}: a ${line}`).join('\n'),
        `a ${text}\nSteps: 20, Sampler: Euler a, Size: 8x8`,
        JSON.stringify({ prompt_map: keys, n_prompt: [''] }),
        JSON.stringify({ animation_mode: '2D', prompts: keys }),
        JSON.stringify({ prompt: `a ${text}`, alwayson_scripts: { AnimateDiff: { args: [{ enable: true }] } } }),
        `"0": ${JSON.stringify(text)}, "8": "b"`,
        `0 = "${text}", 0.5 = "b"`,
      ];
      for (const one of texts) expect(outcome(one)).toMatch(/^The prompts have \d+ brackets and bars; the limit/);
    },
  );

  it('may have as many brackets as prompts with weights', () => {
    const prompt = Array.from({ length: 60 }, (_, i) => `(word ${i}:1.2)`).join(', ');
    const keys = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [i, prompt]));
    expect(outcome(JSON.stringify({ prompt_map: keys, n_prompt: [''] }))).toContain('(word 59:1.2)');
  });

  it('take time that grows with their size, in every format', () => {
    const list = (count: number, item: (i: number) => string) =>
      Array.from({ length: count }, (_, i) => item(i)).join(',');
    const keys = (count: number) => list(count, (i) => `"${i}": "a fox ${i}"`);
    const makers: Readonly<Record<string, (count: number) => string>> = {
      cli: (count) => `{"prompt_map": {${keys(count)}}}`,
      deforum: (count) => `{"animation_mode": "2D", "max_frames": 10, "prompts": {${keys(count)}}}`,
      fizz: keys,
      infotext: (count) => `a\nSteps: 1, ${list(count, (i) => ` Field ${i}: "v${i}"`)}`,
      prompt: (count) => list(count, () => ' a fox in the snow'),
      'chain of LoRAs': (count) =>
        `{"0":{"class_type":"CheckpointLoaderSimple","inputs":{}},${list(count, (i) => `"${i + 1}":{"class_type":"LoraLoader","inputs":{"lora_name":"l${i}","model":["${i}",0]}}`)},"k":{"class_type":"KSampler","inputs":{"model":["${count}",0]}},"s":{"class_type":"SaveImage","inputs":{"images":["k",0]}}}`,
      'chain of ControlNets': (count) =>
        `{"0":{"class_type":"CLIPTextEncode","inputs":{"text":"a"}},${list(count, (i) => `"${i + 1}":{"class_type":"ControlNetApply","inputs":{"conditioning":["${i}",0]}}`)},"k":{"class_type":"KSampler","inputs":{"positive":["${count}",0]}},"s":{"class_type":"SaveImage","inputs":{"images":["k",0]}}}`,
      'links without nodes': (count) =>
        `{"nodes":[{"id":1,"type":"KSampler","inputs":[{"name":"model","type":"MODEL","link":1}]},{"id":2,"type":"SaveImage","inputs":[]}],"links":[${list(count, (i) => `[${i},${i},0,${i + 1},0,"MODEL"]`)}]}`,
      'nodes that broadcast': (count) =>
        `{"nodes":[${list(count, (i) => `{"id":${i},"type":"Anything Everywhere","inputs":[{"name":"x","type":"MODEL","link":${i}}],"outputs":[]}`)},{"id":${count},"type":"KSampler","inputs":[{"name":"model","type":"MODEL","link":null}]}],"links":[]}`,
    };
    const time = (text: string) => {
      const start = process.cpuUsage();
      outcome(text);
      const { user, system } = process.cpuUsage(start);
      return user + system;
    };
    const slow = Object.entries(makers).flatMap(([name, make]) => {
      const [small, large] = [make(2500), make(40_000)];
      time(small);
      // 16 times as long: a loop inside a loop would take 256 times, whenever it runs. Collecting garbage differs.
      const measured = () => time(large) / Math.max(time(small), 3000);
      let ratio = measured();
      for (let tries = 1; tries < 3 && ratio > 64; tries++) ratio = Math.min(ratio, measured());
      return ratio > 64 ? [`${name}: ${ratio.toFixed(0)} times`] : [];
    });
    expect(slow).toEqual([]);
  });

  it('are read in UTF-16, without UTF-8, and with a byte order mark', () => {
    const utf16 = Buffer.from('\uFEFFa b', 'utf16le');
    expect(decodeText(utf16)).toMatchObject({ text: 'a b', notes: [{ key: 'encoding' }] });
    expect(decodeText(Buffer.from(utf16).swap16()).text).toBe('a b');
    expect(decodeText(Buffer.from('café', 'latin1'))).toMatchObject({ text: 'café', notes: [{ key: 'encoding' }] });
    expect(decodeText(Buffer.from('\uFEFFcafé'))).toEqual({ text: 'café', notes: [] });
    expect(decodeText(Buffer.from('\u001b[1ma\tb\u001b[0m\f\r\n'))).toMatchObject({ notes: [] });
  });

  it.each<[string, string]>([
    ['a byte of 0', 'abcd\0e'],
    ['another control character', 'a fox\x01'],
    ['a control character that is not in UTF-8', 'caf\xe9 \x7f'],
    ['UTF-16 with a mark', '\xff\xfea\0\x02\0'],
    ['UTF-16 without a mark', '\x01\0\x02\0'],
    ['UTF-16, big endian', '\0a\0\x02'],
    ['a PNG', '\x89PNG\r\n\x1a\n'],
    ['half a PNG’s signature', '\x89PNG'],
    ['a GIF', 'GIF89a'],
    ['an old GIF', 'GIF87a'],
    ['a JPEG', '\xff\xd8\xff\xe0'],
    ['half a JPEG’s signature', '\xff\xd8'],
    ['a WebP', 'RIFFabcdWEBP'],
    ['an MP4', '\0\0\0\x18ftypmp42'],
    ['a WebM', '\x1aE\xdf\xa3'],
    ['an archive', 'PK\x03\x04'],
  ])('are no texts if they begin like %s', (_, latin1) => {
    const bytes = Buffer.from(latin1, 'latin1');
    expect(isText(bytes)).toBe(false);
    expect(() => decodeText(bytes)).toThrow(/^This is neither text nor an image or video of a known kind/);
  });

  it('are refused as a whole if only their end is not text', () => {
    expect(() => decodeText(Buffer.from(`${'a fox, '.repeat(1000)}\x02`))).toThrow('byte 7000 is 2.');
  });
});

describe('a workflow with thousands of samplers and outputs', () => {
  it('is read in the time of any other, and its message stays short', async () => {
    const count = 4000;
    const nodes = Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `${i}`,
        { class_type: 'KSampler', inputs: { model: [`${i - 1}`, 0], latent_image: [`${i - 1}`, 0] } },
      ]),
    );
    const outputs = Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `s${i}`,
        { class_type: 'SaveImage', inputs: { images: [`${count - 1}`, 0] } },
      ]),
    );
    const text = JSON.stringify({ ...nodes, ...outputs });
    let notes: readonly Note[] = [];
    expect(
      await processorSeconds(() => {
        notes = importTravel([{ text }]).notes;
      }),
    ).toBeLessThan(2);
    expect(notes.find(({ key }) => key === 'second-pass')!.message.length).toBeLessThan(1000);
  });
});

it('a file with more outputs or fields than a call takes arguments is read', () => {
  const nodes = Array.from(
    { length: 150_000 },
    (_, i) => `"s${i}":{"class_type":"SaveImage","inputs":{"images":["0",0]}}`,
  );
  expect(outcome(`{"0":{"class_type":"KSampler","inputs":{}},${nodes.join(',')}}`)).toContain('sampler: Euler');
  const fields = Array.from({ length: 150_000 }, (_, i) => `"k${i}":1`).join(',');
  expect(outcome(`{"alwayson_scripts":{"AnimateDiff":{"args":[{${fields}}]}}}`)).toContain('motion_module');
});
