import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../exchange/decode.ts';
import { foreignFile } from '../../exchange/foreign-file.ts';
import { foreignReader } from '../../exchange/foreign-reader.ts';
import { importTravel } from '../../exchange/import.ts';
import { applyEdits } from '../../grammar/format/format.ts';
import { convertPasted } from '../../grammar/pasted/convert-pasted.ts';
import { parseTravel } from '../../grammar/syntax/parse.ts';
import { GOLDEN_FOLDER, HAS_GOLDEN } from '../golden/folder.ts';
import { testEnvironment } from '../grammar/environment.ts';
import { runs } from '../property-runs.ts';
import type { ImportCase } from './imports.ts';
import { differentFrame, type Meaning, meaningOf } from './meaning.ts';

const FOLDER = join(GOLDEN_FOLDER, 'exchange');

/** The texts of the reference set: their formats, without those of metadata. */
function texts(): readonly (readonly [id: string, format: string, text: string])[] {
  const index = JSON.parse(readFileSync(join(FOLDER, 'index.json'), 'utf8')) as { readonly import: ImportCase[] };
  return index.import
    .filter(({ file, expected }) => expected && /\.(?:txt|json)$/.test(file))
    .map(({ id, format, file }) => [
      id,
      format.split('/')[0]!,
      decodeText(readFileSync(join(FOLDER, file))).text.replace(/^\uFEFF/, ''),
    ]);
}

/** Without an effect on a clip that fits in one window. */
const OF_WINDOWS = ['closed_loop', 'stride', 'overlap'];

/** What differs; empty if nothing does. */
function differences(a: Meaning, b: Meaning): string[] {
  const frame = differentFrame(a.frames, b.frames, Math.max(a.frames.length, b.frames.length), false);
  const keys = [...new Set([...Object.keys(a.settings), ...Object.keys(b.settings)])].filter(
    (key) =>
      !(OF_WINDOWS.includes(key) && b.frames.length <= Number(b.settings.context)) &&
      JSON.stringify(a.settings[key]) !== JSON.stringify(b.settings[key]),
  );
  return [
    ...(frame === null ? [] : [frame]),
    ...keys.map((key) => `${key}: ${JSON.stringify(a.settings[key])} instead of ${JSON.stringify(b.settings[key])}`),
  ];
}

const all = HAS_GOLDEN ? texts() : [];

describe('a file of another tool that is pasted into an empty document', () => {
  it.each(all)('means what its import means: %s', (_, format, text) => {
    const file = foreignFile(text);
    if (format === 'a1111-prompt') expect(file).toBeNull();
    else if (format === 'comfy' || format === 'webui-api') expect(file).toEqual({ kind: 'program' });
    else {
      const pasted = file?.kind === 'clip' ? file.travel : '';
      expect(differences(meaningOf(pasted), meaningOf(importTravel([{ text }]).travel))).toEqual([]);
    }
  });

  it('has what could not be carried over beside the text', () => {
    const file = foreignFile('{"prompt_map": {"0": "a", "8": "b"}, "frobnicate": 1}');
    expect(file).toMatchObject({
      kind: 'clip',
      travel: expect.not.stringContaining('#'),
      notes: [expect.stringContaining('frobnicate')],
    });
  });
});

const environment = testEnvironment({ resolveModel: () => ({}) as never });

/** A document whose settings are given, with a text that is pasted below them; null if nothing is converted. */
function pasted(matter: string, text: string): string | null {
  const document = parseTravel(matter);
  const target = { document, offset: matter.length, frames: 16, environment, reader: foreignReader };
  const converted = convertPasted(text, target);
  if (!converted) return null;
  const edits = converted.settings ? [converted.settings] : [];
  return applyEdits(matter, edits) + converted.text;
}

/** A schedule has no length and no mix: those of the document stay. */
const matterOf = ({ settings: { frames, mix } }: Meaning) =>
  `---\nframes: ${String(frames)}\nmix: ${String(mix)}\n---\n`;

describe.runIf(HAS_GOLDEN)('text of another tool that is pasted into a document with text', () => {
  const schedules = ['fizz', 'ade'];
  /** The older animatediff-cli has no frames. */
  const isPiece = (format: string, text: string) =>
    ['cli', 'deforum', ...schedules].includes(format) && !text.includes('"prompt": [');

  it.each(all.filter(([, format, text]) => isPiece(format, text)))('means what its import means: %s', (_, __, text) => {
    const { travel, format } = importTravel([{ text }]);
    const imported = meaningOf(travel);
    const matter = schedules.includes(format) ? matterOf(imported) : '---\n---\n';
    expect(differences(meaningOf(pasted(matter, text) ?? ''), imported)).toEqual([]);
  });
});

describe('a schedule of AnimateDiff-Evolved', () => {
  const frame = fc.integer({ min: 0, max: 31 });
  const key = fc.oneof(
    frame.map((at) => `${at}`),
    frame.map((at) => `${at}:`),
    fc.tuple(frame, frame).map(([from, to]) => `${from}:${to}`),
    frame.map((at) => `${at - 32}`),
    fc.constantFrom('0.0', '0.25', '.5', '0.5', '1.0', '0.5:', '0.25:0.75', '-8:-4'),
  );
  const prompt = fc
    .array(
      fc.constantFrom(
        'fox',
        '\\(oak\\)',
        '[sea]',
        '#1',
        '{a|b}',
        '(x:1.2)',
        '__y__',
        '$z',
        "it's",
        '12: noon',
        'a\nb',
        'a\\nb',
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((words) => words.join(', '));
  const write = fc.constantFrom<(key: string, prompt: string) => string>(
    (at, words) => `"${at}": "${words}"`,
    (at, words) => `"${at}" : "${words}"`,
    (at, words) => `${at} = "${words}"`,
    (at, words) => `${at}="${words}"`,
  );
  const text = fc
    .record({
      entries: fc.array(fc.tuple(key, prompt), { minLength: 1, maxLength: 6 }),
      write,
      between: fc.constantFrom(',\n', ', ', ' ,'),
      around: fc.constantFrom<readonly [string, string]>(['', ''], ['{', '}'], ['{\n', ',\n}'], ['', ',']),
    })
    .map((all) => all.around[0] + all.entries.map((entry) => all.write(...entry)).join(all.between) + all.around[1]);

  it('means the same if it is pasted and if it is imported', () => {
    let count = 0;
    fc.assert(
      fc.property(text, (schedule) => {
        const { travel, format } = importTravel([{ text: schedule }]);
        // Without ranges and assignments, it is one of FizzNodes, too.
        if (format !== 'ade') return;
        count++;
        const imported = meaningOf(travel);
        expect(differences(meaningOf(pasted(matterOf(imported), schedule) ?? ''), imported)).toEqual([]);
      }),
      runs(500),
    );
    expect(count).toBeGreaterThan(0);
  });

  it.each([
    ['a hold', '"0": "a", "8:": "b", "16": "c"', '0: a\n8-15: b\n16: c'],
    ['a range', '"0": "a", "16:20": "b"', '0: a\n16-19: b'],
    ['a range backward', '0 = "a", 20:16 = "b"', '0: a\n16-19: b'],
    ['frames from the end', '"0": "a", "-4:-1": "b", "-1": "c"', '0: a\n28-30: b\n-1: c'],
    ['parts of the length', '"0": "a", "0.5": "b", "1.0": "c"', '0: a\n16: b\n31: c'],
    ['no escapes', '0 = "a\\nb, \\(c\\)"', '0: a\\nb, \\(c\\)'],
    ['square brackets, which are text', '0 = "[a]"', '0: \\[a\\]'],
  ])('has %s', (_, schedule, keys) => {
    expect(importTravel([{ text: schedule }])).toMatchObject({
      format: 'ade',
      travel: expect.stringContaining(`\n${keys}\n`),
    });
    expect(pasted('---\nframes: 32\n---\n', schedule)).toBe(`---\nframes: 32\n---\n${keys}`);
  });

  it.each([
    ['"0": "a", "7.5": "b"', '7.5', '0: a\n8: b'],
    ['"0": "a", "12-4": "b"', '12-4', '0: a\n8: b'],
  ])('has no keys of FizzNodes: %s', (schedule, wrong, keys) => {
    expect(importTravel([{ text: schedule }])).toMatchObject({ format: 'fizz', travel: expect.stringContaining(keys) });
    expect(pasted('', schedule)).toBe(keys);
    expect(() => importTravel([{ text: schedule }], { format: 'ade' })).toThrow(`The key “${wrong}”`);
  });

  it.each(['1:2:3', ':8', '1.5', '-0.5', '--1', '0.5.5'])('has no key %s', (wrong) => {
    expect(() => importTravel([{ text: `"0": "a", "${wrong}": "b"` }], { format: 'ade' })).toThrow(
      `The key “${wrong}”`,
    );
  });
});
