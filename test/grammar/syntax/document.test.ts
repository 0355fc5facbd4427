import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkTravel, parseTravel } from '../../../grammar/language.ts';
import { documentOffset, documentSpan, type PromptText } from '../../../grammar/syntax/document.ts';
import { createTravelServices } from '../../../grammar/syntax/langium-services.ts';
import { runs } from '../../property-runs.ts';
import { testEnvironment } from '../environment.ts';
import { travelText } from '../text.ts';

const texts = (lines: readonly { readonly prompt: PromptText }[]) => lines.map(({ prompt }) => prompt.text);

describe('a document', () => {
  it('has head, keyframes and tail', () => {
    const { head, keyframes, tail, frontMatter, comments, text } = parseTravel(
      '---\nfps: 8\n---\none\n# c\ntwo # d\n0-8 ease: a --neg b\n  c\n# between\n\n  d\n50%:e\nthree\n  four\n',
    );
    expect(texts(head)).toEqual(['one', 'two']);
    expect(texts(keyframes)).toEqual(['a', 'e']);
    expect(keyframes[0]).toMatchObject({ position: { text: '0' }, hold: { text: '8' }, transition: { text: 'ease' } });
    expect(keyframes[0]!.negative!.prompt.text).toBe('b c d');
    expect(texts(tail)).toEqual(['three', 'four']);
    expect(text.slice(frontMatter!.yaml.start, frontMatter!.yaml.end)).toBe('fps: 8\n');
    expect(comments.map(({ start, end }) => text.slice(start, end))).toEqual(['# c', '# d', '# between']);
  });

  it.each([
    ['0: a', ['0']],
    ['-1: a', ['-1']],
    ['50%: a\n1.5s cut: b\n250ms: c', ['50%', '1.5s', '250ms']],
    ['0--1: a', ['0']],
    ['3 cubic-bezier(0.1, 0, 1, 1.5): a', ['3']],
    ['\uFEFF0: a', ['0']],
    ['0: a\r\n8: b\r\n', ['0', '8']],
    ['3 cats: cute', []],
    ['a 0: b', []],
    ['# 0: a', []],
    ['', []],
  ])('%j has the keys %j', (text, keys) => {
    expect(parseTravel(text).keyframes.map(({ position }) => position.text)).toEqual(keys);
  });

  it('classifies the parts of a prompt', () => {
    const [line] = parseTravel('a (b:1.2) <lora:c:1> $d __e/f__ {g|h} BREAK \\(i\\) <j ANDROID').head;
    expect(line!.prompt.parts.map(({ kind, text }) => [kind, text])).toEqual([
      ['Text', 'a '],
      ['Bracket', '('],
      ['Text', 'b:1.2'],
      ['Bracket', ')'],
      ['Network', '<lora:c:1>'],
      ['Reference', '$d'],
      ['Wildcard', '__e/f__'],
      ['Bracket', '{'],
      ['Text', 'g'],
      ['Separator', '|'],
      ['Text', 'h'],
      ['Bracket', '}'],
      ['Keyword', 'BREAK'],
      ['Text', '\\(i\\) <j ANDROID'],
    ]);
  });

  it('maps every character of a prompt to the document', () => {
    fc.assert(
      fc.property(travelText, (text) => {
        const { head, keyframes, tail } = parseTravel(text);
        const prompts = [...head, ...keyframes, ...keyframes.flatMap(({ negative }) => negative ?? []), ...tail];
        for (const { prompt } of prompts) {
          const joints = new Set(prompt.runs.slice(1).map(({ at }) => at - 1));
          for (let at = 0; at < prompt.text.length; at++) {
            if (prompt.text[at] === ' ' && joints.has(at)) continue;
            expect(text[documentOffset(prompt, at)]).toBe(prompt.text[at]);
          }
          const whole = documentSpan(prompt, 0, prompt.text.length);
          if (prompt.text !== '') expect(whole).toEqual(prompt.span);
        }
      }),
      runs(300),
    );
  });

  it('is parsed from any text without errors of lexer or parser', () => {
    const { LangiumParser } = createTravelServices().travel.parser;
    fc.assert(
      fc.property(fc.oneof(travelText, fc.string({ unit: 'binary', maxLength: 300 })), (text) => {
        const { lexerErrors, parserErrors } = LangiumParser.parse(text);
        expect([...lexerErrors, ...parserErrors].map(({ message }) => message)).toEqual([]);
      }),
      runs(1000),
    );
  });

  it.each([
    ['text', 'red hair, '.repeat(100_000)],
    [
      'keyframes',
      `---\nframes: 20000\n---\n${Array.from({ length: 20_000 }, (_, i) => `${i}: a (red:1.${i % 10}) b\n`).join('')}`,
    ],
    ['brackets', '('.repeat(100_000)],
    ['comments', '# a\n'.repeat(50_000)],
    ['blanks', ' '.repeat(1_000_000)],
    ['continuations', `0: a\n${'  b\n'.repeat(50_000)}`],
    ['points', `(${'a.'.repeat(300_000)}`],
    ['colons', ':'.repeat(1_000_000)],
    [
      'definitions',
      `---\ndefine: {a0: x, ${Array.from({ length: 40 }, (_, i) => `a${i + 1}: $a${i}$a${i}`).join(', ')}}\n---\n$a40`,
    ],
  ])('a huge file of %s comes to an end', (_, text) => {
    expect(checkTravel(text, testEnvironment()).document.text).toBe(text);
  });
});
