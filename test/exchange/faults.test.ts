import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../exchange/decode.ts';
import { foreignFile } from '../../exchange/foreign-file.ts';
import { importTravel } from '../../exchange/import.ts';
import { ImportError } from '../../exchange/notes.ts';
import { checkTravel } from '../../grammar/language.ts';
import { GOLDEN_FOLDER, HAS_GOLDEN } from '../golden/folder.ts';
import { testEnvironment } from '../grammar/environment.ts';
import { runs } from '../property-runs.ts';

const FOLDER = join(GOLDEN_FOLDER, 'exchange/import');
const files = HAS_GOLDEN
  ? readdirSync(FOLDER)
      .filter((name) => /\.(?:json|txt)$/.test(name))
      .map((name) => decodeText(readFileSync(join(FOLDER, name))).text.replace(/^\uFEFF/, ''))
      .filter((text) => text.length < 100_000)
  : [];
const trees = files.flatMap((text) => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? [value] : [];
  } catch {
    // Not JSON: it is changed as text only.
    return [];
  }
});

/** What is wrong with what comes of bytes; null if nothing is. */
function fault(bytes: Uint8Array): string | null {
  try {
    const { text } = decodeText(bytes);
    const { travel, notes } = importTravel([{ text }]);
    const { document } = checkTravel(travel, testEnvironment());
    foreignFile(text);
    const matter = document.frontMatter
      ? travel.slice(document.frontMatter.span.start, document.frontMatter.span.end)
      : '';
    if (/: (?:undefined|null|-?\.inf|\.nan)\b/i.test(matter)) return matter;
    return notes.map(({ message }) => message).find((message) => /undefined|\[object/.test(message)) ?? null;
  } catch (error) {
    if (!(error instanceof ImportError)) return String((error as Error).stack);
    return /^[A-Z“].*[.!]$/s.test(error.message) && error.message.length < 1000 ? null : error.message;
  }
}

const value = fc.constantFrom<unknown>(
  ...[
    null,
    true,
    false,
    0,
    -1,
    0.5,
    -1e308,
    2 ** 60,
    '',
    'x',
    '-1',
    '1e999',
    '0',
    'NaN',
    [],
    {},
    [[]],
    ['1', 0],
    ['4', 9],
  ],
  ...[
    { '0': 'a', '-5': 'b', '1e3': 'c' },
    { '0': null },
    { '0': { prompt: 'a' } },
    [null],
    ['3', '4'],
    [1, 2, 3, 4, 5, 6],
  ],
  Array.from({ length: 150 }).reduce<unknown>((inner) => [inner], 0),
);

/** A copy with another value at a place, or without one. @param places which child to follow at each level */
function changed(tree: unknown, places: readonly number[], other: unknown): unknown {
  if (typeof tree !== 'object' || tree === null || places.length === 0) return other;
  const [place = 0, ...rest] = places;
  const keys = Object.keys(tree);
  const key = keys[place % Math.max(keys.length, 1)];
  if (key === undefined) return other;
  const child: unknown = Reflect.get(tree, key);
  const next = changed(child, rest, other);
  if (Array.isArray(tree)) return tree.map((item, i) => (`${i}` === key ? next : (item as unknown)));
  return { ...tree, [key]: next };
}

const edit = fc.record({
  at: fc.nat(),
  cut: fc.nat(40),
  text: fc.constantFrom(
    '',
    '"',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '\\',
    '\n',
    'NaN',
    '1e400',
    '“',
    '\u0000',
    '\uD800',
    '--neg',
    '`',
    '//',
    '/*',
  ),
});
const everywhere = fc.constantFrom<(text: string) => string>(
  (text) => text,
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => text.replaceAll('"', '”'),
  (text) => text.replaceAll('}', ',}').replaceAll(']', ',]'),
  (text) => text.replaceAll(',', ''),
  (text) => text.replace(/("[^"]*"\s*:\s*[^,{}[\]]+),/g, '$1,$1,'),
  (text) => `\uFEFF\uFEFF${text}`,
  (text) => text.replace(/\d+/g, (digits) => digits.repeat(9)),
  (text) => text.replace(/\d+/g, '-$&.5'),
);
const encoded = fc.constantFrom<(text: string) => Uint8Array>(
  (text) => Buffer.from(text),
  (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
  (text) => Buffer.from(text, 'utf16le').swap16(),
  (text) => Buffer.from(text, 'latin1'),
);

describe.runIf(HAS_GOLDEN)('a file with faults gives a document or one sentence', () => {
  it('if values are others', () => {
    const change = fc.record({
      tree: fc.constantFrom(...trees),
      places: fc.array(fc.nat(99), { maxLength: 7 }),
      value,
    });
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 1 }),
        fc.array(change, { maxLength: 3 }),
        ([first], more) => {
          const tree = more.reduce(
            (now, { places, value: other }) => changed(now, places, other),
            changed(first!.tree, first!.places, first!.value),
          );
          expect(fault(Buffer.from(JSON.stringify(tree)))).toBeNull();
        },
      ),
      runs(600),
    );
  });

  it('if its text is damaged or in another encoding', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(edit, { maxLength: 3 }),
        everywhere,
        encoded,
        (file, edits, all, encode) => {
          const text = edits.reduce((now, { at, cut, text: inserted }) => {
            const start = at % (now.length + 1);
            return now.slice(0, start) + inserted + now.slice(start + cut);
          }, all(file));
          expect(fault(encode(text))).toBeNull();
        },
      ),
      runs(400),
    );
  });

  it('if its end is missing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.nat(), (file, length) => {
        expect(fault(Buffer.from(file.slice(0, length % file.length)))).toBeNull();
      }),
      runs(200),
    );
  });
});
