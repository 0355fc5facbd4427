import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foreignReader } from '../../../exchange/foreign-reader.ts';
import { parseTravel } from '../../../grammar/language.ts';
import { convertSchedule } from '../../../grammar/pasted/convert-schedule.ts';
import { findSchedules, type PastedSchedule } from '../../../grammar/pasted/schedules.ts';
import { processorSeconds } from '../../processor-time.ts';
import { runs } from '../../property-runs.ts';

const FRAMES = 64;

/** The text with its schedules converted; null if one cannot be read. */
function converted(text: string): string | null {
  let result = '';
  let end = 0;
  for (const schedule of findSchedules(text, 0, FRAMES)) {
    if (!schedule.ok) return null;
    const { text: lines } = convertSchedule(text, schedule, FRAMES, foreignReader);
    result += text.slice(end, schedule.span.start) + lines;
    end = schedule.span.end;
  }
  return result + text.slice(end);
}

describe('a schedule of another tool', () => {
  it.each([
    ['values over several lines', '"0" :"grey,\na (x:1.2)",\n"24" :"blue,\r\n  b"', '0: grey, a (x:1.2)\n24: blue, b'],
    ['comments', 'p = {\n # x\n 0: "a", // y\n // z\n 8: "b" /* w */\n}', '# x\n0: a # y\n# z\n8: b # w'],
    ['a comment after the end', '"0": "a", // start\n"24": "b" # end', '0: a # start\n24: b # end'],
    ['semicolons', '"0": "a"; "8": "b";', '0: a\n8: b'],
    ['a list of maps', '[{"frame": 0, "prompt": "a"}, {"frame": 24, "prompt": "b"}]', '0: a\n24: b'],
    ['a list of tuples', '[(0, "a"), (max_f/2, "b"),]', '0: a\n32: b'],
    ['a list of lists', 'x = [[0, "a"], [8, "b"]]', '0: a\n8: b'],
    ['text before and after it', 'head, "0": "a", "24": "b" tail', 'head\n0: a\n24: b\ntail'],
    ['an escaped newline between entries', '"0": "a",\\n"24": "b"', '0: a\n24: b'],
    ['escaped newlines between keyframes', 'head\\\\n0: a\\n8: b', 'head\n0: a\n8: b'],
    ['escapes in strings', '"0": "a\\nb \\"c\\" \\u732b \\\\(d\\\\)"', '0: a b "c" 猫 \\(d\\)'],
    ['expressions', '{"0": "a", "max_f/2": "b", "max_f-1": "c"}', '0: a\n32: b\n63: c'],
    ['fractions', '"0": "a", "7.5": "b"', '0: a\n8: b'],
    ['fractions of the length', '0 = "a",\n0.5 = "b",\n12 = "c",\n1.0 = "d"', '0: a\n32: b\n12: c\n63: d'],
    ['unescaped quotes', '"0": "a "big" cat, the "end"",\n"8": \'it\'s\'', '0: a "big" cat, the "end"\n8: it\'s'],
    ['missing closing quotes', '"0": "a,\n"24": "b', '0: a\n24: b'],
    ['missing opening quotes', '"0": a cat",\n"24": "b"', '0: a cat\n24: b'],
    ['a missing comma', '{"0": "a"\n"8": "b" "9": "c"}', '0: a\n8: b\n9: c'],
    ['a missing closing bracket', '{"0": "a",\n"8": "b"\n', '0: a\n8: b\n'],
    ['strings that Python joins', '"0": "a, "\n"b",\n"24": "c"', '0: a, b\n24: c'],
    ['typographic quotes', '“0” : “a”,\n"8": «b»', '0: a\n8: b'],
    ['full-width signs', '"0"："a"，\n"24"："b"', '0: a\n24: b'],
    ['a number sign in a string', '{"0": "stall #7, c", "8": "#1 girl \\#2"}', '0: stall \\#7, c\n8: \\#1 girl \\#2'],
    ['apostrophes in words', "0: 'it's a fox', 8: 'b'", "0: it's a fox\n8: b"],
    ['a Markdown table', '| frame | prompt |\n|---|---|\n| 0 | a |\n| 8 | b |', '0: a\n8: b'],
    [
      'a Markdown table without outer bars',
      'x\nFrame | Text\n:--- | ---:\n0 | a\n8 | b \\| c\ny',
      'x\n0: a\n8: b | c\ny',
    ],
    ['rows without a header', '|0|a|\r\n|8|#b|\r\n', '0: a\n8: \\#b\r\n'],
    [
      'columns in another order',
      '| prompt | negative prompt | Key |\n|-|-|-|\n| a | n | 0 |\n| b | | **50%** |',
      '0: a --neg n\n50%: b',
    ],
    ['a fence around it', 'head\n```json\n"0": "a",\n"8": "b"\n```\ntail', 'head\n0: a\n8: b\ntail'],
    ['a fence below it', '{"0": "a",\r\n"8": "b"}\r\n```\r\n', '0: a\n8: b\r\n'],
    ['a fence around a table', '~~~\n|0|a|\n|8|b|\n~~~', '0: a\n8: b'],
    ['a closing bracket on a line of its own', '"0": "a",\n"8": "b"\n }\ntail', '0: a\n8: b\ntail'],
    ['brackets that it should not have', '("0": "a", "8": "b")', '0: a\n8: b'],
    ['indented entries', '    "0": "a",\n    "8": "b"', '    0: a\n8: b'],
    [
      'a configuration without its braces',
      '"head_prompt": "h",\n"prompt_map": {\n "0": "a"\n},\n"tail_prompt": "t"',
      'h, a, t',
    ],
    [
      'other maps in a configuration',
      '{"prompt_map": {"0": "a", "2": "b"}, "region_map": {"0": {"prompt_map": {"8": "x"}}}}',
      '0-1: a\n2-9: b',
    ],
  ])('may have %s', (_, text, expected) => {
    expect(converted(text)).toBe(expected);
  });

  it.each<[string, string, string[]]>([
    ['[{"frame": 0, "prompt": "a"}, {"frame": 8, "prompt": "b", "negative_prompt": "n"}]', '0: a\n8: b --neg n', []],
    ['[{"frame": 0, "prompt": "a", "negative": "n"}, {"frame": 8, "text": "b"}]', '0: a --neg n\n8: b', []],
    ['[{"frame": 0, "prompt": "a --neg m", "negative": "n"}]', '0: a --neg m, n', []],
    ['[{"frame": 0, "prompt": "a", "negative": ""}]', '0: a', []],
    ['{"0": {"prompt": "a", "negative_prompt": "n #1"}, "8": {"prompt": "b"}}', '0: a --neg n \\#1\n8: b', []],
    [
      '[{"frame": 0, "prompt": "a", "strength": 0.5}, {"frame": 8, "prompt": "b", "strength": 1, "x": {}}]',
      '0: a\n8: b',
      ['strength', 'x'],
    ],
    ['{"0": {"prompt": "a", "seed": 5, "negative": ["b"]}}', '0: a', ['seed', 'negative']],
    ['{"prompt_map": {"0": {"prompt": "a", "cfg": 7}, "8": "b"}, "lora_map": {}}', '0-4: a\n8-12: b', ['cfg']],
    ['| frame | prompt | strength |\n|-|-|-|\n| 0 | a | 0.5 |', '0: a', ['strength']],
  ])('keeps or names each field of %j', (text, expected, left) => {
    expect(converted(text)).toBe(expected);
    const [found] = findSchedules(text, 0, FRAMES);
    const { notes } = convertSchedule(text, found as PastedSchedule & { ok: true }, FRAMES, foreignReader);
    expect(notes).toEqual(left.length === 0 ? [] : [`Not converted: ${left.join(', ')}`]);
  });

  it.each([
    ['{\n "0": "a",\n "abc": "b",\n "8": "c"\n}\nx', '"abc": "b"'],
    ['{"0": "a", "8": 9}', '"8": 9'],
    ['p = [(0, "a"), (8, 9)]', '(8, 9)'],
    ['| frame | prompt |\n|---|---|\n| 0 | a |\n| x | b |\n', '| x | b |'],
  ])('is not converted in part: %j', (text, unreadable) => {
    const found = findSchedules(text, 0, FRAMES);
    expect(
      found.map((schedule) => !schedule.ok && text.slice(schedule.unreadable.start, schedule.unreadable.end)),
    ).toEqual([unreadable]);
  });

  it.each([
    '{a|b}\n[c:d:0.5]\n(e:1.2)\n{\n0: "a" and "b"\n8: say "hello", loudly',
    '"controlnet_images": {\n "0": "a.png",\n "8": "b.png"\n}',
    'images = {0: "a.png"}',
    '{"0": 7, "8": 9}',
    '0: "a", c\n8: a cat\\nothing',
    '# "0": "a"',
    '16: "hello"',
    '0: a cat\n16: "hello" # b',
    '|0|a|',
    '| a | b |\n|---|---|\n| c | d |',
    'a | b\nc | d',
    '{a|b}\n{c|d}',
    'cat # "0": "a"',
  ])('is not found in %j', (text) => {
    expect(findSchedules(text, 0, FRAMES)).toEqual([]);
  });

  it('is converted whole: every prompt of JSON and Python is found once, in order', () => {
    const word = fc.stringMatching(/^[a-z(][a-z0-9 ,.()'"#é猫-]{0,20}$/).filter((text) => /[a-z)]$/.test(text));
    const entries = fc.uniqueArray(fc.tuple(fc.nat(63), word), {
      minLength: 1,
      maxLength: 8,
      selector: ([frame]) => frame,
    });
    const layout = fc.constantFrom<(lines: string[]) => string>(
      (lines) => `{\n${lines.join(',\n')}\n}`,
      (lines) => lines.join(',\n'),
      (lines) => `{${lines.join(', ')}}`,
      (lines) => `prompts = {\n${lines.join(', // c\n')}\n}`,
    );
    fc.assert(
      fc.property(entries, layout, (prompts, write) => {
        const text = write(prompts.map(([frame, prompt]) => `"${frame}": ${JSON.stringify(prompt)}`));
        const document = parseTravel(converted(text) ?? '');
        expect(document.keyframes.map(({ position, prompt }) => [Number(position.text), prompt.text])).toEqual(
          prompts.map(([frame, prompt]) => [frame, prompt]),
        );
        expect(document.head.length + document.tail.length).toBe(0);
      }),
      runs(500),
    );
  });

  it('is found at every line that one can start on', () => {
    const pieces = [
      ...[
        '"0": "a",',
        "'8': 'b'",
        '“16”: “c”',
        '0: "d"',
        '{',
        '}',
        '[',
        ']',
        '(',
        ')',
        'prompts = {',
        'let m=[',
        '"x": {',
      ],
      ...[
        '| 0 | a |',
        '|',
        'x',
        ' ',
        '\t',
        '\r',
        '\u3000',
        '\n',
        '\n',
        '\n',
        '0: e',
        '\\n8: f',
        '# g',
        'max_f: "h"',
        '«',
        '//',
      ],
    ];
    const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 25 }).map((parts) => parts.join(''));
    const lineEnd = (text: string, from: number) => {
      const newline = text.indexOf('\n', from);
      return newline < 0 ? text.length : newline;
    };
    /** The first line of a search is always read. */
    const lineByLine = (text: string) => {
      const found: ReturnType<typeof findSchedules> = [];
      for (let at = 0; at < text.length; ) {
        const first = findSchedules(text, at, FRAMES)[0];
        const isHere = first !== undefined && first.span.start < lineEnd(text, at);
        if (isHere) found.push(first);
        at = lineEnd(text, isHere ? Math.max(at, first.span.end) : at) + 1;
      }
      return found;
    };
    fc.assert(
      fc.property(texts, (text) => {
        expect(findSchedules(text, 0, FRAMES)).toEqual(lineByLine(text));
      }),
      runs(2000),
    );
  });

  it('is found in linear time', async () => {
    const lines = [
      '{"x": "',
      '"0": "a',
      '[1, [',
      '"a": {"0": \'',
      '"0": "a" "',
      '{"0": "a",',
      '"0": "a"}}}}',
      'x "0": "',
      '(max_f',
      '\\n0:',
      '|0|a|',
      '| frame | a |\n|-|-|',
      '|0|a|b|',
      "0: 'a'a",
    ];
    for (const line of lines) {
      for (const text of [line.repeat(20_000), `${line}\n`.repeat(20_000)]) {
        expect(await processorSeconds(() => findSchedules(text, 0, FRAMES)), line).toBeLessThan(3);
      }
    }
  });
});
