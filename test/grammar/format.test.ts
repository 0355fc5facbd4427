import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits, type FormatOptions, formatTravel } from '../../grammar/format/format.ts';
import { checkTravel } from '../../grammar/language.ts';
import { parseAttention } from '../../prompt/attention.ts';
import { runs } from '../property-runs.ts';
import { testEnvironment } from './environment.ts';
import { travelText } from './text.ts';

const format = (text: string, options?: FormatOptions) => applyEdits(text, formatTravel(text, options));

/** The plan, with weights as numbers. */
function meaning(text: string) {
  const { plan } = checkTravel(text, testEnvironment());
  return (
    plan && {
      ...plan,
      source: '',
      prompts: plan.prompts.map((prompt) => ({ ...prompt, text: parseAttention(prompt.text) })),
    }
  );
}

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

  it('is idempotent', () => {
    fc.assert(
      fc.property(fc.oneof(travelText, fc.string({ unit: 'binary', maxLength: 200 })), (text) => {
        const once = format(text);
        expect(format(once)).toBe(once);
      }),
      runs(400),
    );
  });

  it('keeps the plan, the comments and all words', () => {
    fc.assert(
      fc.property(travelText, (text) => {
        const formatted = format(text);
        expect(meaning(formatted)).toEqual(meaning(text));
        expect(words(formatted)).toEqual(words(text));
      }),
      runs(400),
    );
  });
});

/** The text without spaces and trailing zeros. */
const words = (text: string) =>
  text
    .replaceAll(/\s+/g, '')
    .replaceAll(/(\.\d*?)0+(?=\))/g, '$1')
    .replaceAll(/\.(?=\))/g, '');
