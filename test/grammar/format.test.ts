import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectiveSettings } from '../../grammar/clip/effective-settings.ts';
import { applyEdits, type FormatOptions, formatTravel } from '../../grammar/format/format.ts';
import { checkTravel, parseTravel } from '../../grammar/language.ts';
import { parseAttention } from '../../prompt/attention.ts';
import { pages } from '../docs/pages.ts';
import { runs } from '../property-runs.ts';
import { testEnvironment } from './environment.ts';
import { travelText } from './text.ts';

const format = (text: string, options?: FormatOptions) => applyEdits(text, formatTravel(text, options));

const environment = testEnvironment({
  readTravelFile: (path) => ({ path, text: '---\nemphasis: None\n---\n' }),
});

/** Formats a file with the settings that it inherits. */
const formatIn = (text: string) =>
  format(text, { settings: effectiveSettings(parseTravel(text), environment, {}, parseTravel).settings });

/** The plan, with weights as numbers. */
function planOf(text: string) {
  const { plan } = checkTravel(text, environment);
  return (
    plan && {
      ...plan,
      source: '',
      prompts: plan.prompts.map((prompt) => ({
        ...prompt,
        text: plan.emphasis === 'None' ? prompt.text : parseAttention(prompt.text),
      })),
    }
  );
}

/** The diagnostics pages' examples, as documents that people write. */
const CASES = pages.flatMap(({ examples }) => (examples ? [examples.wrong, examples.right] : []));

describe('the formatter', () => {
  it('formats a file', () => {
    const untidy =
      '---\nfps: 8\n---\nhead  # a\n\n\n\nmore head\n0:a (b:1.30)  \n  and on\n\n  # about b\n 8 :   b --neg c\n12 ease:\td\ntail';
    expect(format(untidy)).toBe(
      '---\nfps: 8\n---\n\nhead  # a\n\nmore head\n\n0: a (b:1.3)\n  and on\n\n  # about b\n8: b --neg c\n12 ease: d\n\ntail\n',
    );
  });

  it('aligns keys on request', () => {
    expect(format('0: a\n15 ease: b\n', { alignKeys: true })).toBe('0:       a\n15 ease: b\n');
  });

  it('keeps the line endings of the file', () => {
    expect(format('a\r\n0:b\r\n')).toBe('a\r\n\r\n0: b\r\n');
  });

  it('keeps a space that a backslash makes part of the prompt', () => {
    expect(format('0: a\\  \n  b\n')).toBe('0: a\\ \n  b\n');
    expect(format('0: a\\\\  \n  b\n')).toBe('0: a\\\\\n  b\n');
  });

  it.each([
    ['costs   \\$hero', 'costs   \\$hero'],
    ['0:\\{a\\|b\\}  ', '0: \\{a\\|b\\}'],
    ['0:  \\__hair__', '0: \\__hair__'],
    ['\\12:noon', '\\12:noon'],
    ['  \\12 : noon  ', '  \\12 : noon'],
    ['0:a\n\n\n\\12:noon', '0: a\n\n\\12:noon'],
    ['0:a \\# b  # c', '0: a \\# b  # c'],
    ['0:(\\$x:1.50)', '0: (\\$x:1.5)'],
  ])('%j: keeps what a backslash escapes', (text, formatted) => {
    const settings = '---\nseed: 1\ndefine: {hero: x}\n---\n\n';
    expect(format(`${settings}${text}\n`)).toBe(`${settings}${formatted}\n`);
    expect(planOf(`${settings}${formatted}\n`)).toEqual(planOf(`${settings}${text}\n`));
  });

  it('does not change webui files, unclosed front matter, empty files and other numbers', () => {
    for (const text of [
      '---\ndialect: webui\n---\n0:a\n8: b  \n',
      '---\nfps:   8\n',
      '',
      '0: a (b:1.2.30) [c:1.50] <lora:d:1.50>\n',
    ]) {
      expect(format(text)).toBe(text);
    }
  });

  it.each([
    '\n---\nframes: 12\n---\na\n',
    '\n\n---  \na\n',
    '# about\n---\nframes: 12\n---\na\n',
    ' ---\nframes: 12\n ---\na\n',
    '---\nfps: 8\n---\n---\nframes: 12\n---\n0: a\n',
    '0: a\n8: b\n---\nframes: 12\n---\n',
    '---\nemphasis: None\n---\n(a:1.30)\n',
    'a] :1.30), b\n',
    '(a AND b:1.30)\n',
    '(a [b:1.30), c\n',
    '---\ndefine: {x: "a)"}\n---\n($x:1.30)\n',
    '(a\n0: b:1.30)\n',
    // What a choice gives depends on its own text.
    '0: {a (smile:1.30)|b}\n',
    '0: {a (smile:1.30)\n|b}\n',
    '0: {a {(b:1.50)|c}|d}, (e:1.20)\n',
    '0: a --neg {b|(c:1.30)}\n',
    '{a (b:1.30)\n\n0: c\n\n|d}\n',
  ])('keeps the plan and every line of %j', (text) => {
    const formatted = format(text);
    expect(planOf(formatted)).toEqual(planOf(text));
    expect(words(formatted)).toBe(words(text));
    expect(format(formatted)).toBe(formatted);
  });

  it('keeps files that inherit the webui dialect, and weights that an inherited setting makes text', () => {
    const text = '0:a (b:1.30)\n';
    expect(format(text, { settings: { dialect: 'webui', emphasis: 'Original' } })).toBe(text);
    expect(format(text, { settings: { dialect: 'travel', emphasis: 'None' } })).toBe('0: a (b:1.30)\n');
  });

  const documents = fc.oneof(
    { weight: 4, arbitrary: travelText },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom(...CASES), { maxLength: 2 }).map((texts) => texts.join('\n')) },
  );

  it('is idempotent', () => {
    fc.assert(
      fc.property(documents, (text) => {
        const once = formatIn(text);
        expect(formatIn(once)).toBe(once);
      }),
      runs(600),
    );
  });

  it('keeps the plan, the comments and all words', () => {
    fc.assert(
      fc.property(documents, (text) => {
        const formatted = formatIn(text);
        expect(planOf(formatted)).toEqual(planOf(text));
        expect(words(formatted)).toEqual(words(text));
      }),
      runs(600),
    );
  });
});

/** The text without spaces and trailing zeros. */
const words = (text: string) =>
  text
    .replaceAll(/\s+/g, '')
    .replaceAll(/(\.\d*?)0+(?=\))/g, '$1')
    .replaceAll(/\.(?=\))/g, '');
