import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits, formatTravel } from '../../../grammar/format/format.ts';
import { checkTravel } from '../../../grammar/language.ts';
import { documentSpan, promptsOf } from '../../../grammar/syntax/document.ts';
import { joinBracketLines } from '../../../grammar/syntax/joined-lines.ts';
import { runs } from '../../property-runs.ts';
import { testEnvironment } from '../environment.ts';

const check = (text: string) => checkTravel(text, testEnvironment());

/** Information about what a line begins with. */
const AT_LINE_START: ReadonlySet<string> = new Set(['travel/key-in-brackets', 'travel/ambiguous-key']);

/** What a text renders, without the text itself. */
const meaning = (text: string) => {
  const { plan, problems } = check(text);
  const rest = plan && {
    ...plan,
    source: '',
    // A tag that is taken out leaves the spaces around it, or none at the end of a line.
    prompts: plan.prompts.map((item) => ({ ...item, text: item.text.replaceAll(/\s+/g, ' ') })),
  };
  return { plan: rest, problems: problems.map(({ code }) => code).filter((code) => !AT_LINE_START.has(code)) };
};

const keysOf = (text: string) => check(text).document.keyframes.map(({ position }) => position.text);
const promptsIn = (text: string) => check(text).plan!.prompts.map((prompt) => prompt.text);

describe('a bracket, brace or tag over several lines', () => {
  it.each([
    ['(\noil painting,\nthick strokes\n:1.2)\nharbor\n0: dusk', ['( oil painting, thick strokes :1.2), harbor, dusk']],
    ['0: (night,\n  stars:1.3), moon', ['(night, stars:1.3), moon']],
    ['0: (night,\nstars:1.3), moon', ['(night, stars:1.3), moon']],
    ['0: (night, # at sea\n\n# a note :)\nstars:1.3), moon # c', ['(night, stars:1.3), moon']],
    ['0: a\n\n(b,\r\nc)\r\nd', ['a, (b, c), d']],
    ['[\na\n:\nb\n:\n0.5\n]', ['[ a : b : 0.5 ]']],
    ['(a [b\nc] d\ne\n0: f', ['(a [b c] d, e, f']],
    ['(a,\n12: noon,\n:1.2)\n0: b', ['(a, 12: noon, :1.2), b']],
    ['(a,\n\\8: noon\n:1.2)\n0: b', ['(a, 8: noon :1.2), b']],
    ['a <lora:detail:\n0.8>\n0: b', ['a, b']],
    ['a\n(best:1.2)\n[rough]\n0: b', ['a, (best:1.2), [rough], b']],
    ['a,\n(best:1.2),\n0: b', ['a, (best:1.2), b']],
    ['a\nBREAK\nb AND\nc\n0: d', ['a BREAK b AND c, d']],
  ])('is read as on one line: %j', (text, prompts) => {
    expect(promptsIn(text).filter(Boolean)).toEqual(prompts);
  });

  it('rolls a choice over several lines', () => {
    const text = '{0.8::calm\n|0.2::storm\n}, sea\n0: dusk\n8: {red\n  |blue}';
    expect(keysOf(text)).toEqual(['0', '8']);
    expect(check(text).plan!.rolled.map(({ written }) => written)).toEqual(['{0.8::calm |0.2::storm }', '{red |blue}']);
    expect(promptsIn(text).join()).toMatch(/^(calm|storm), sea, dusk,/);
    expect(check(text).problems).toEqual([]);
  });

  it('finds the LoRA of a tag', () => {
    expect(check('<lora:detail:\n0.8>\n0: b').plan!.prompts[0]!.loras).toEqual([{ lora: 0, weight: 0.8 }]);
  });

  it.each([
    ['(a\n0: b\n8: c', ['0', '8']],
    ['(a\n0: b\n8: c)', ['0', '8']],
    ['0: sad :(\n8: glad :)', ['0', '8']],
    ['0: (a\n8: b)\n16: c)', ['0', '8', '16']],
    ['{a|b\n\n0: b\n8: c}\n', ['0', '8']],
    ['(a\n\n0: b\n8: c\n\nd)', ['0', '8']],
    ['<lora:x:1\n0: a\n8: b -> c', ['0', '8']],
    ['0: (a --neg b\n8: c\nd)', ['0', '8']],
    ['0: \\(a\n8: b\nc)', ['0', '8']],
    ['0: a # (\n8: b\nc)', ['0', '8']],
  ])('that is never closed keeps the keyframes of %j', (text, keys) => {
    expect(keysOf(text)).toEqual(keys);
  });

  it('keeps every offset', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom('(', ')', '[', ']', '{', '}', 'a', '\n', '\r\n', ' #', '0: ', '\\', '<lora:', '>', '--neg '),
          { maxLength: 30 },
        ),
        (pieces) => {
          const text = pieces.join('');
          const joined = joinBracketLines(text);
          expect(joined.length).toBe(text.length);
          expect(joined.replaceAll(/[\s\S]/g, (character, at) => (character === ' ' ? text[at]! : character))).toBe(
            text,
          );
        },
      ),
      runs(1000),
    );
  });
});

/** A prompt in which every space may become a line break, and the words of one in brackets. */
const { prompt } = fc.letrec<{ prompt: string; item: string }>((tie) => ({
  prompt: fc
    .array(fc.tuple(tie('item'), fc.constantFrom(', ', ' ')), { minLength: 1, maxLength: 5 })
    .map((items) => items.map(([item, joint], i) => item + (i < items.length - 1 ? joint : '')).join('')),
  item: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      'red hair',
      'at 12:30',
      'a 16:9 still',
      '$hero',
      '1girl',
      '\\(name\\)',
      'a <lora:detail:0.8> b',
      'é',
    ),
    tie('prompt').map((inner) => `(${inner}:1.3)`),
    tie('prompt').map((inner) => `( ${inner} )`),
    tie('prompt').map((inner) => `[${inner}]`),
    fc.tuple(tie('item'), tie('item')).map(([a, b]) => `[${a} : ${b} : 0.5]`),
    fc.tuple(tie('item'), tie('item')).map(([a, b]) => `{${a} | 2::${b}}`),
  ),
}));

/** Replaces some spaces by line breaks. Outside of brackets, `outside` decides whether it may be. */
function split(text: string, choices: readonly string[], outside: (before: string) => string | null): string {
  let depth = 0;
  let next = 0;
  return Array.from(text, (character, at) => {
    if ('([{<'.includes(character) && text[at - 1] !== '\\') depth++;
    if (')]}>'.includes(character) && text[at - 1] !== '\\') depth--;
    if (character !== ' ') return character;
    const line = choices[next++ % choices.length]!;
    if (line === ' ' || depth > 0) return line;
    const indent = outside(text.slice(0, at));
    return indent === null ? ' ' : (line.match(/^\r?\n/)?.[0] ?? '\n') + indent;
  }).join('');
}

const breaks = fc.array(fc.constantFrom(' ', '\n', '\n  ', '\r\n', '\n\t', ' \n\n ', ' # c)\n'), {
  minLength: 1,
  maxLength: 12,
});
const MATTER = '---\nseed: 5\ndefine: {hero: a (cat:1.2)}\n---\n';

describe('a prompt that is split over several lines means the same', () => {
  it('in a keyframe', () => {
    fc.assert(
      fc.property(prompt, prompt, breaks, (one, two, lines) => {
        const file = (change: (text: string) => string) =>
          `${MATTER}head\n0: ${change(one)} --neg ${change(two)}\n8: b\n`;
        expect(meaning(file((text) => split(text, lines, () => '  ')))).toEqual(meaning(file((text) => text)));
      }),
      runs(150),
    );
  });

  it('in the head and in the tail', () => {
    fc.assert(
      fc.property(prompt, prompt, breaks, (one, two, lines) => {
        const file = (change: (text: string) => string) => `${MATTER}${change(one)}\n0: a\n8: b\n\n${change(two)}\n`;
        // The lines of a head are rolled one by one, so the same choice on two of them would be rolled twice the same.
        fc.pre(!/(\{[^{}]*\}).*\1/.test(`${one} ${two}`));
        const afterComma = (before: string) => (before.endsWith(',') ? '' : null);
        expect(meaning(file((text) => split(text, lines, afterComma)))).toEqual(meaning(file((text) => text)));
      }),
      runs(150),
    );
  });

  it('in a file without keyframes', () => {
    fc.assert(
      fc.property(prompt, breaks, (text, lines) => {
        fc.pre(!/(\{[^{}]*\}).*\1/.test(text));
        expect(meaning(MATTER + split(text, lines, () => ''))).toEqual(meaning(MATTER + text));
      }),
      runs(150),
    );
  });

  it('and formatting keeps it', () => {
    fc.assert(
      fc.property(prompt, prompt, breaks, (one, two, lines) => {
        const text = `${MATTER}${split(one, lines, () => null)}\n0:${split(two, lines, () => '  ')}\n 8 : b\n${split(two, lines, () => null)}`;
        const formatted = applyEdits(text, formatTravel(text));
        expect(meaning(formatted).plan).toEqual(meaning(text).plan);
        expect(applyEdits(formatted, formatTravel(formatted))).toBe(formatted);
      }),
      runs(100),
    );
  });
});

it('places of a prompt over several lines are those of the document', () => {
  const text = '(night,\n  # c\n  stars:1.30),\nmoon\n0: a';
  const { document } = check(text);
  for (const prompt of promptsOf(document)) {
    for (const word of prompt.text.matchAll(/\w+/g)) {
      const { start, end } = documentSpan(prompt, word.index, word.index + word[0].length);
      expect(text.slice(start, end)).toBe(word[0]);
    }
  }
  expect(document.comments.map(({ start, end }) => text.slice(start, end))).toEqual(['# c']);
});
