import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMap, type Json, jsonText, readJson, readJsonEntries } from '../../exchange/json.ts';
import { ImportError } from '../../exchange/notes.ts';

/** As JSON.parse gives it, without maps that Node orders by number, and with numbers that lose digits. */
function plain(value: Json): unknown {
  if (isMap(value)) return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
  if (typeof value === 'bigint') return Number(value);
  return Array.isArray(value) ? value.map(plain) : value;
}

describe('JSON', () => {
  it('is read as JSON.parse reads it, without repairs', () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), (text) => {
        const { value, repairs, duplicates } = readJson(text);
        expect(plain(value)).toEqual(JSON.parse(text, (_, inner: unknown) => (Object.is(inner, -0) ? 0 : inner)));
        expect([repairs.size, duplicates.length]).toEqual([0, 0]);
      }),
    );
  });

  it.each([
    ['{"a": 1, // note\n "b": 2,}', { a: 1, b: 2 }, ['comment', 'trailing comma']],
    ["{'a': 'it\\'s'}", { a: "it's" }, ['quote']],
    ['{“a”: “b”}', { a: 'b' }, ['quote']],
    ['{a: True, b: None}', { a: true, b: null }, ['key without quotes', 'word']],
    ['{"a": "one\ntwo"}', { a: 'one\ntwo' }, ['line break']],
    ['{"a": 1\n "b": 2}', { a: 1, b: 2 }, ['missing comma']],
    ['{"a": "\\(b\\)"}', { a: '\\(b\\)' }, ['quote']],
  ])('with mistakes is read: %j', (text, expected, repairs) => {
    const read = readJson(text);
    expect(plain(read.value)).toEqual(expected);
    expect([...read.repairs].sort()).toEqual(repairs);
  });

  it('keeps every digit, the order of keys, and what a second key replaces', () => {
    const { value, duplicates, notNumbers } = readJson('{"10": 16372571278361863751, "2": NaN, "10": 1}');
    expect(jsonText(value)).toBe('{"2": NaN, "10": 1}');
    expect(duplicates).toEqual([{ key: '10', lost: 16372571278361863751n }]);
    expect(notNumbers).toEqual(['2']);
  });

  it.each([
    ['{"a": ', 'line 1, column 6: its end was cut off'],
    ['{"a": "b', 'the string that begins at line 1, column 7 has no closing quote'],
    ['{"a": 1,\n  "b" 2}', 'a colon is missing at line 2, column 7'],
    ['{"a": wrong}', '“wrong}” is not a value at line 1, column 7'],
    ['{} {}', 'there is more text after the end at line 1, column 4'],
    ['['.repeat(100_000), 'nested more than 200 levels deep at line 1, column 202'],
  ])('that is broken gets one sentence with the place: %#', (text, message) => {
    expect(() => readJson(text)).toThrow(ImportError);
    expect(() => readJson(text)).toThrow(message);
  });

  it('may be entries without braces', () => {
    expect(plain(readJsonEntries('"0": "a",\n"8": "b",').value)).toEqual({ 0: 'a', 8: 'b' });
  });
});
