import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkTravel } from '../../../grammar/language.ts';
import { runs } from '../../property-runs.ts';
import { testEnvironment } from '../environment.ts';
import { fixed } from './fix-faults.ts';

const problemsOf = (text: string) => checkTravel(text, testEnvironment()).problems;

/** Warnings and errors: their codes and places. */
const warningsIn = (text: string) =>
  problemsOf(text)
    .filter(({ severity }) => severity === 'warning' || severity === 'error')
    .map(({ code, span }) => [code.replace('travel/', ''), text.slice(span.start, span.end)]);

/** The text after the first fix of the first problem with one, and so on until no problem has a fix. */
function repaired(text: string): string {
  for (let i = 0; i < 50; i++) {
    const fix = problemsOf(text).flatMap(({ fixes = [] }) => fixes)[0];
    if (!fix) return text;
    text = fixed(text, fix);
  }
  throw new Error(`Still problems in ${JSON.stringify(text)}.`);
}

/** Code, the text at the place, and what replaces it; null if its meaning is not clear. */
const PIECES: readonly (readonly [string, string, string | null])[] = [
  ['html-entity', '&lt;lora:detail:0.8&gt;', '<lora:detail:0.8>'],
  ['html-entity', '&amp;lt;lora:detail:1&amp;gt;', '<lora:detail:1>'],
  ['html-entity', '&amp;', '&'],
  ['html-entity', '&quot;', '"'],
  ['html-entity', '&#39;', "'"],
  ['html-entity', '&ldquo;', '"'],
  ['html-entity', '&eacute;', 'é'],
  ['html-entity', '&#40;mist:1.2&#41;', '(mist:1.2)'],
  ['html-entity', '&#x28;&#x28;mist&#x29;&#x29;', '((mist))'],
  ['html-entity', '&lpar;fog&rpar;', '(fog)'],
  ['html-entity', '&#40;', '\\('],
  ['html-entity', '&lsqb;fog:rain:0.5&rsqb;', '[fog:rain:0.5]'],
  ['html-entity', '&#35;1', '\\#1'],
  ['foreign-comment', '/* softly */', ''],
  ['foreign-comment', '<!-- softly -->', ''],
  ['markdown', '**red**', 'red'],
  ['midjourney-syntax', '--ar 16:9', ''],
  ['midjourney-syntax', '--aspect 3:2', ''],
  ['midjourney-syntax', '—ar 16:9', ''],
  ['midjourney-syntax', '--v 6', ''],
  ['midjourney-syntax', '--v 5.2', ''],
  ['midjourney-syntax', '--niji 6', ''],
  ['midjourney-syntax', '--stylize 300', ''],
  ['midjourney-syntax', '--s 250', ''],
  ['midjourney-syntax', '--q .5', ''],
  ['midjourney-syntax', '--chaos 20', ''],
  ['midjourney-syntax', '--weird 100', ''],
  ['midjourney-syntax', '--seed 1234', ''],
  ['midjourney-syntax', '--iw 2', ''],
  ['midjourney-syntax', '--style raw', ''],
  ['midjourney-syntax', '--sref https://example.com/a.png', ''],
  ['midjourney-syntax', '--tile', ''],
  ['midjourney-syntax', '::2', null],
  ['midjourney-syntax', '::.5', null],
  ['midjourney-syntax', '::-0.5', null],
  ['compel-syntax', 'fox++', '(fox:1.21)'],
  ['compel-syntax', 'deep-sea+++', '(deep-sea:1.331)'],
  ['compel-syntax', 'fox--', '(fox:0.81)'],
  ['compel-syntax', '(tail, paws)--', '(tail, paws:0.81)'],
  ['compel-syntax', '(tail, paws)++', '(tail, paws:1.21)'],
  ['compel-syntax', '(deep snow)1.3', '(deep snow:1.3)'],
  ['compel-syntax', '(deep snow).8', '(deep snow:0.8)'],
  ['compel-syntax', '(tail:1.2)++', null],
  ['compel-syntax', '.blend(0.7, 0.3)', null],
  ['compel-syntax', '.and()', null],
  ['lora-argument', 'lbw=OUTALL', null],
];

/** The text in front of a piece that is not a word of its own. */
const BEFORE: Readonly<Record<string, string>> = {
  '::2': 'fur',
  '::.5': '(red fur)',
  '::-0.5': '"fur"',
  '.blend(0.7, 0.3)': '("fox", "wolf")',
  '.and()': '("fox", "wolf")',
  'lbw=OUTALL': '<lora:detail:1:',
};
const AFTER: Readonly<Record<string, string>> = { '&#35;1': '', 'lbw=OUTALL': '>' };

const LINES = ['a hill, mist', '(red hair:1.2), smile', '[fox:wolf:0.5]', 'snow <lora:style:0.5>', '\\(fate\\), {a|b}'];

describe('text of other tools', () => {
  it.each(PIECES)('%s is reported once for %j, in any prompt', (code, piece, replacement) => {
    const before = BEFORE[piece] ?? '';
    const place = piece === '&#35;1' ? '&#35;' : piece;
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...LINES), { minLength: 2, maxLength: 2 }),
        fc.nat(3),
        fc.constantFrom('\n', '\r\n'),
        ([one, two], where, newline) => {
          const written = `${one} ${before}${piece}${AFTER[piece] ?? ''}, ${two}`;
          const lines = ['tower', '0: sky', '8: sea --neg fog', '15: end'].map((line, i) =>
            i === where ? `${line} ${written}` : line,
          );
          // A negative prompt has no tags.
          if (where === 2 && /lora/.test(written)) return;
          const text = `${lines.join(newline)}${newline}`;
          const warnings = warningsIn(text);
          expect(warnings).toEqual([[code, place]]);
          if (replacement === null) return;
          const after = repaired(text);
          expect(warningsIn(after)).toEqual([]);
          const words = (line: string | undefined) => line?.replace(/[\s,]+/g, ' ');
          const expected = lines.map((line) => line.replace(piece, () => replacement));
          expect(after.split(newline).map(words)).toEqual([...expected, ''].map(words));
        },
      ),
      runs(20),
    );
  });

  it.each([
    ['// all of it\n0: a', '# all of it\n0: a'],
    ['a // b\n0: c // d\n  e\n', 'a # b\n0: c # d\n  e\n'],
    ['0: a // b --neg c', '0: a --neg c'],
    ['0: a\n// 8: b\n12: c\n', '0: a\n# 8: b\n12: c\n'],
    ['/* the end */\n0: a\n', '# the end\n0: a\n'],
    ['/*\n * all\n * lines\n */\n0: a', '#\n# all\n# lines\n0: a'],
    ['/* 0: a\r\n8: b */\r\n0: c\r\n', '# 0: a\r\n# 8: b\r\n0: c\r\n'],
    ['0: a /* x\n8: b\n*/ 12: c', '0: a # x\n# 8: b\n12: c'],
    ['0: a <!-- x\r\n y\r\n-->12: c', '0: a # x\r\n# y\r\n12: c'],
    ['<!-- fox -->\n0: a', '# fox\n0: a'],
    ['---\nnegative_prompt: bad // old\n---\na', '---\nnegative_prompt: bad\n---\na'],
    ['```\n**0:** a\n**8:** b\n```\n', '0: a\n8: b\n'],
    ['```travel\n0: a\n```\n', '0: a\n'],
    ['**0**: a\n- **8:** b\n3. **Frame 12:** c', '0: a\n8: b\n12: c'],
    ['__0:__ a\n*8:* b', '0: a\n8: b'],
    ['`0:` a\n`8: b`', '0: a\n8: b'],
    ['**0-4:** a\n**-1:** #b', '0-4: a\n-1: \\#b'],
    ['0: a\n**8:** b\n12: c', '0: a\n8: b\n12: c'],
    ['0: a\n### Frame 8: a **red** wolf\n', '0: a\n8: a red wolf\n'],
    ['### Frame 0\na fox, # red\n\n### Frame 8:\nan owl\n', '0: a fox, # red\n\n8: an owl\n'],
    ['**Frame 0:**\na fox\n\n**Frame 8:**\nan owl\n', '0: a fox\n\n8: an owl\n'],
    ['**0**:\r\n  a fox\r\n**8**:\r\nan owl', '0: a fox\r\n8: an owl'],
    ['# Frame 0: a\n# Frame 8: b\n', '0: a\n8: b\n'],
    ['## 0: a\n## 8: b\n', '0: a\n8: b\n'],
    ['a fox --no text, people\n', '---\nnegative_prompt: text, people\n---\na fox\n'],
    ['---\nnegative_prompt: bad\n---\na --no b', '---\nnegative_prompt: bad, b\n---\na'],
    ['---\r\nnegative_prompt: |\r\n  bad\r\n---\r\na --no b\r\n', '---\r\nnegative_prompt: bad, b\r\n---\r\na\r\n'],
    ['0: a\r\n  --ar 16:9\r\n8: b --no c\r\n', '0: a\r\n8: b --neg c\r\n'],
    ['0: a --no b, c --v 6', '0: a --neg b, c'],
    ['0: a --no b --neg c', '0: a --neg b, c'],
    ['0: a --neg c --no b', '0: a --neg c, b'],
    ['0: a --no b --no c', '0: a --neg b, c'],
    ['0: a\n8: b --NO x-ray', '0: a\n8: b --neg x-ray'],
    ['a <lora:detail:0.8:0.6:8:lbw=MIDD:stop=10>', 'a <lora:detail:0.8:0.6>'],
    ['a <lora:detail:te=0.8:unet=1:dyn=4>', 'a <lora:detail:te=0.8:unet=1>'],
    ['a [<lora:detail:1>::10]', 'a <lora:detail:1>'],
    ['a [<lora:detail:1>:<lora:style:1>:0.5]', 'a <lora:detail:1> <lora:style:1>'],
    ['[<lora:detail:1> fox:wolf, <lora:style:1>:0.5]', '<lora:detail:1> <lora:style:1> [fox:wolf:0.5]'],
    ['a [[<lora:detail:1>]]', 'a <lora:detail:1>'],
    ['a [fox|<lora:detail:1> wolf]', 'a <lora:detail:1> [fox|wolf]'],
  ])('is changed by its fixes: %j → %j', (text, expected) => {
    expect(warningsIn(text)).not.toEqual([]);
    expect(repaired(text)).toBe(expected);
    expect(warningsIn(expected)).toEqual([]);
  });

  it.each([
    ['0: a /* x\n8: b\n*/ 16: c', ['“8:” inside it is rendered', '“16:” after it is not a keyframe']],
    ['0: a <!-- x\n*/ y\n--> 50%: c', ['“50%:” after it is not a keyframe']],
    ['0: a /* x\n8: b\n*/ c', ['“8:” inside it is rendered']],
  ])('%j: the message names the keys in and after a comment', (text, parts) => {
    const { message } = problemsOf(text).find(({ code }) => code === 'travel/foreign-comment')!;
    for (const part of parts) expect(message).toContain(part);
    expect(message.includes('after it')).toBe(parts.join().includes('after it'));
  });

  it.each(['"0": "a", // start\n"8": "b" // end', 'prompts = {\n 0: "a", // b\n // c\n 8: "d" /* e */\n}'])(
    'is part of the pasted schedule %j',
    (text) => {
      expect(warningsIn(text).map(([code]) => code)).toContain('pasted-schedule');
      expect(warningsIn(text).map(([code]) => code)).not.toContain('foreign-comment');
    },
  );

  it.each([
    'https://example.com/a, ///, >///<, o///o, a//b, fate/stay night',
    'AT&T, R&B, salt & pepper, Q&A; rock&roll;, &',
    'c++, g++, notepad++, a++, -_-, ^_^, >:), :3, :d, +_+, \\m/, t--t, x---y, 18+, 4k+, (18+)',
    'a::b, [a::5], [a::0.5], {2::a|b}, (a::2), std::vector, 12::30',
    '* star, a*b, f**k, s**t, **, ***, (*^^*), \\*\\*, 2**3',
    'k-on!, re:zero, .hack//sign, x-ray, a - b, a -- b, --- , 1girl --normal',
    '(a) (b), (a)2, (a)(b:1.2), (a.1), end.and, x.blend',
    '<lora:detail:0.8:0.6>, <lora:detail:te=1:unet=0.5>, (<lora:detail:1>:1.2), \\[<lora:detail:1>\\]',
    '# Frame 0: here it starts\n0: a\n## 8: the middle\n8: b\n# 12: c\n',
    '# Frame 0\n0: a\n### Frame 8\n8: b\n\n## Frame 12\n\ntail\n',
    '/* open, a /** b',
  ])('is not found in %j', (text) => {
    expect(warningsIn(text)).toEqual([]);
  });
});

it.each([
  ['&lt;', '&amp;', '&#40;', ' /*', ' // ', '<!--', '**a', '**a** '],
  [' --no ', ' --no a', ' --ar 1:1', ' --sref 1 1', 'a::2 ', '(a)++', '(a', 'ab++ '],
  ['[<lora:detail:1>', '[<lora:detail:1>]', '<lora:detail:1:x=1>', '0: --no a\n'],
  ['\n```', '\n**0:** ', '\n## 0: a', '\n// a', '\n/* a */'],
])('long texts that are designed to be slow take linear time: %j …', (...texts) => {
  for (const text of texts) {
    // Twice the text takes about twice the time; if the time were quadratic, these would take minutes.
    const { problems } = checkTravel(text.repeat(20_000), testEnvironment());
    expect(problems.every(({ span }) => span.end <= text.length * 20_000)).toBe(true);
  }
});
