import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits, formatTravel } from '../../../grammar/format/format.ts';
import { checkTravel } from '../../../grammar/language.ts';
import type { Fix } from '../../../grammar/problem.ts';
import { runs } from '../../property-runs.ts';
import { testEnvironment } from '../environment.ts';
import { caseFiles } from './documents.ts';

const MATTER = '---\nframes: 64\nfps: 8\n---\n';
const check = (text: string) => checkTravel(text, testEnvironment());
const apply = (text: string, fixes: readonly Fix[]) =>
  applyEdits(
    text,
    fixes.flatMap(({ edits }) => edits).sort((a, b) => a.span.start - b.span.start),
  );

/** As “Fix all” in the editor: the first mechanical fix of every problem, as long as they do not touch. */
function fixAll(text: string): string {
  let free = -1;
  const fixes = check(text)
    .problems.flatMap(({ fixes = [] }) => fixes.filter(({ mechanical }) => mechanical).slice(0, 1))
    .filter(({ edits }) => {
      const start = Math.min(...edits.map(({ span }) => span.start));
      const isApart = start > free;
      if (isApart) free = Math.max(...edits.map(({ span }) => span.end));
      return isApart;
    });
  return apply(text, fixes);
}

const keysOf = (text: string) =>
  check(text).document.keyframes.map(({ position, hold }) => position.text + (hold ? `-${hold.text}` : ''));

/** A key as people write it, and as it is read after “Fix all”. */
const KEYS: readonly (readonly [string, string])[] = [
  ['8：', '8'],
  ['８：', '8'],
  ['８:', '8'],
  ['50％：', '50%'],
  ['５０％:', '50%'],
  ['－1：', '-1'],
  ['−1:', '-1'],
  ['–1:', '-1'],
  ['１．５ｓ：', '1.5s'],
  ['２５０ｍｓ：', '250ms'],
  ['0～8：', '0-8'],
  ['０～８：', '0-8'],
  ['0–8:', '0-8'],
  ['0—8:', '0-8'],
  ['0 – 8:', '0-8'],
  ['0−8:', '0-8'],
  ['0ー8：', '0-8'],
  ['24~28:', '24-28'],
  ['24〜28:', '24-28'],
  ['0..8:', '0-8'],
  ['0...8:', '0-8'],
  ['0…8:', '0-8'],
  ['40 to 44:', '40-44'],
  ['40 until 44:', '40-44'],
  ['1 to 2 s:', '1s-2s'],
  ['1s–2s:', '1s-2s'],
  ['0~-1:', '0--1'],
  ['frames 8-12:', '8-12'],
  ['1,5s:', '1.5s'],
  ['1,5 s:', '1.5s'],
  ['50,5%:', '50.5%'],
  ['2 s:', '2s'],
  ['1.5 sec:', '1.5s'],
  ['3sec:', '3s'],
  ['3 seconds:', '3s'],
  ['250 ms:', '250ms'],
  ['250msec:', '250ms'],
  ['50 %:', '50%'],
  ['50 percent:', '50%'],
  ['0:05:', '5s'],
  ['00:03.5:', '3.5s'],
  ['8f:', '8'],
  ['8 frames:', '8'],
  ['8—12 ease:', '8-12'],
  ['８　ｅａｓｅ：', '8'],
  ['\u200b8:', '8'],
  ['\u200f8:', '8'],
  ['8\u200b:', '8'],
  ['\ufeff8:', '8'],
  ['\u20608:', '8'],
  ['8\u00ad:', '8'],
  ['\u200e50%:', '50%'],
];

describe('a key in another notation', () => {
  it.each(KEYS)('%j is one warning, and “Fix all” makes it %s', (written, key) => {
    for (const newline of ['\n', '\r\n']) {
      const text = `${MATTER}a fox\n${written} b\n`.replaceAll('\n', newline);
      const { problems, plan } = check(text);
      expect(problems.map(({ severity, fixes }) => [severity, fixes?.length])).toEqual([['warning', 1]]);
      expect(problems[0]!.message.split('. ')[0]!.split(' ').length).toBeLessThanOrEqual(12);
      expect(plan).not.toBeNull();
      expect(keysOf(fixAll(text))).toEqual([key]);
      expect(check(fixAll(text)).document.keyframes[0]!.prompt.text).toBe('b');
    }
  });

  it.each(KEYS)('%j between keyframes and indented is found, too', (written) => {
    const between = `${MATTER}0: a\n${written} b\n63: c\n`;
    expect(check(between).problems.map(({ code }) => code)).not.toContain('travel/text-between-keyframes');
    expect(check(between).problems.some(({ severity }) => severity === 'warning')).toBe(true);
    const indented = `${MATTER}0: a\n  ${written.trimStart()} b\n`;
    expect(check(indented).problems.some(({ severity }) => severity === 'warning')).toBe(true);
  });

  it.each(['0-8-16:', '1.2.3s:', '5%%:', '1,5:', '1,000:'])('%j has a message, but no fix', (written) => {
    const { problems } = check(`${MATTER}${written} b\n`);
    expect(problems.map(({ code, fixes = [] }) => [code, fixes.length])).toEqual([['travel/key-notation', 0]]);
  });

  it.each([
    '24fps: fast',
    '80s style: neon',
    '1girl: solo',
    'a 8–12: b',
    '50 shades: gray',
    '3 cats: one',
    '-: a',
    '3d: a',
    '4 sale: a',
  ])('%j is text', (text) => {
    expect(check(text).problems).toEqual([]);
    expect(check(text).document.keyframes).toEqual([]);
  });
});

describe('a ratio or a time of day', () => {
  it.each([
    '16:9 wide',
    '12:30',
    '12:30, noon',
    '4:3',
    '12:30pm',
    '0:1girl',
    '12:30:15 timecode',
    '16:9. Wide',
    '　16:9',
    '2::1 a',
    '2::1',
    '0::.5 a',
    '3:: a fox',
    '2::-1 text',
  ])('%j is text with one message and both fixes', (line) => {
    const text = `${MATTER}a town\n${line}\n`;
    const { document, problems } = check(text);
    expect(document.keyframes).toEqual([]);
    expect(problems).toMatchObject([{ code: 'travel/ambiguous-key', severity: 'information' }]);
    expect(problems[0]!.fixes).toHaveLength(2);
    expect(fixAll(text)).toBe(text);
    expect(applyEdits(text, formatTravel(text))).toContain(line.trim());
    const [asText, asKey] = problems[0]!.fixes!.map((fix) => apply(text, [fix]));
    expect(check(asText!).problems).toEqual([]);
    expect(check(asText!).plan!.prompts[0]!.text).toBe(`a town ${line.trim()}`);
    expect(applyEdits(asText!, formatTravel(asText!))).toContain(`\\${line.trim()}`);
    expect(keysOf(asKey!)).toEqual([/\d+/.exec(line)![0]]);
  });

  it.each([
    ['0: b\n16:9\n8: c', ''],
    ['0: b\n16:9\n8: c\n', 'frames: 32'],
    ['0: b\n4:3\n8: c\n', ''],
    ['0: b\n0:1girl\n8:9\n8: c\n', ''],
    ['16:9\n0: b\n8: c\n', 'frames: 32'],
    ['0: b\n16:9 wide\n8: c\n  d\ntail\n', 'frames: 32'],
    ['0: b\n2::1 a\n8: c # note\n', ''],
    ['0: b\n8: c\n16:9\n', ''],
    ['16:9\n', ''],
    ['12:30\n0: a', ''],
  ])('in %j with %j, the message names the fixes that are offered', (body, setting) => {
    for (const newline of ['\n', '\r\n']) {
      const text = `---\n${setting}\n---\n${body}`.replaceAll('\n', newline);
      const found = check(text).problems.filter(({ code }) => code === 'travel/ambiguous-key');
      expect(found).not.toEqual([]);
      for (const { message, fixes = [] } of found) {
        const offered = (title: string) => fixes.some((fix) => fix.title.startsWith(title));
        expect(offered('Keep the text')).toBe(message.includes('For the text'));
        expect(offered('Change to a keyframe')).toBe(message.includes('For a keyframe'));
        expect(fixes.length).toBeGreaterThan(0);
      }
    }
  });

  it('between keyframes moves below them as text', () => {
    const text = '0: b\n16:9\n8: c';
    const [problem] = check(text).problems;
    expect(problem!.message).toContain('between keyframes');
    const after = apply(text, [problem!.fixes![0]!]);
    expect(after).toBe('0: b\n8: c\n\\16:9\n');
    expect(check(after).problems).toEqual([]);
  });

  it('becomes a keyframe at its place', () => {
    const text = '---\nframes: 32\n---\na town\n12:30 on the clock\n0: rain\n16: snow\n';
    const fix = check(text).problems[0]!.fixes![1]!;
    expect(apply(text, [fix])).toBe('---\nframes: 32\n---\na town\n0: rain\n12: 30 on the clock\n16: snow\n');
  });

  it.each(['0:#1girl', '0:a', '0:(a)', '50%:1girl', '0-8:1girl', '1s:1girl', '-1:1girl', '0: 1girl'])(
    '%j is a keyframe',
    (text) => {
      expect(check(text).document.keyframes).toHaveLength(1);
    },
  );
});

describe('after “Fix all”', () => {
  const key = fc.oneof(
    fc.constantFrom(...KEYS.map(([written]) => written)),
    fc.constantFrom('0:', '16:', '50%:', '0-8:', '16:9', '12:30', '0-8-16:', '٨:'),
  );
  const line = fc.oneof(
    {
      weight: 3,
      arbitrary: fc
        .tuple(
          fc.constantFrom('', ' ', '\u3000'),
          key,
          fc.constantFrom(' ', '', '\u3000'),
          fc.constantFrom('走る', 'a fox', '(a:1.2)', '#b', ''),
        )
        .map((parts) => parts.join('')),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('a fox', '> 8: a', '[8]: a', 'frame 8: a', '  more', '# note', '', '(open', 'closed)'),
    },
  );

  it('every line that begins like a key is one, or has a message', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.constantFrom('\n', '\r\n'), (lines, newline) => {
        const text = fixAll(MATTER.replaceAll('\n', newline) + lines.join(newline));
        const { document, problems } = check(text);
        const keyLines = new Set(document.keyframes.map((keyframe) => keyframe.line.start));
        for (const { index, 0: written } of text.matchAll(/(?<=\n)[ \u3000]*[^\w\s#]?[\p{Nd}][^\n]*[:：]/gu)) {
          const isInBrackets = document.joined[index - 1] !== '\n';
          if (keyLines.has(index) || isInBrackets) continue;
          const end = index + written.length;
          expect(
            problems.filter(({ span }) => span.start <= end && index <= span.end),
            written,
          ).not.toEqual([]);
        }
      }),
      runs(250),
    );
  });
});

describe('invisible characters', () => {
  it.each(['a\u200bb', 'a\u00adb', '0: a\u2060', 'a\ufeff b', '\u202ea', 'a \u200d b'])('%j is one warning', (text) => {
    const { problems } = check(text);
    expect(problems.map(({ code, severity }) => [code, severity])).toEqual([['travel/invisible-character', 'warning']]);
    expect(check(fixAll(text)).problems).toEqual([]);
  });

  it.each(['👩\u200d🚀', 'می\u200cخواهم', '\ufeff0: a', '\ufeff---\nfps: 8\n---\na', '❤\ufe0f'])(
    '%j has none',
    (text) => {
      expect(check(text).problems).toEqual([]);
    },
  );
});

describe('line separators', () => {
  it.each(['\u2028', '\u2029', '\u0085'])('%j is one problem, whose fix gives the keyframes back', (separator) => {
    const text = `a fox${separator}0: b${separator}8: c`;
    const [problem, ...others] = check(text).problems;
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: 'travel/line-separator', severity: 'warning' });
    expect(keysOf(apply(text, [problem!.fixes![0]!]))).toEqual(['0', '8']);
  });
});

describe('a negative marker of an input method', () => {
  it.each([
    '－－neg',
    '—neg',
    '–neg',
    'ーーneg',
    '−−neg',
    '－neg',
    '――neg',
    '－－ｎｅｇ',
    '－－ＮＥＧ',
    '--NEG',
    '--Neg',
    '-NEG',
    '-- NEG',
    '--NEGATIVE',
    '—NEG',
    '﹣﹣neg',
    '﹣neg',
    '﹘neg',
    '--neg:',
    '--neg：',
    '--neg=',
    '-neg:',
    '--NEG:',
    '--negative:',
    '--ｎｅｇ',
    '—— neg'.replace(' ', ''),
  ])('%s has a fix', (marker) => {
    for (const space of [' ', '\u3000']) {
      const text = `0: 走る${space}${marker}${space}雨`;
      const problem = check(text).problems.find(({ code }) => code === 'travel/negative-marker')!;
      expect(text.slice(problem.span.start, problem.span.end)).toBe(marker);
      const { prompt, negative } = check(apply(text, [problem.fixes![0]!])).document.keyframes[0]!;
      expect([prompt.text, negative!.prompt.text]).toEqual(['走る', '雨']);
    }
  });

  it('needs no other spaces than ideographic ones', () => {
    const { problems, document } = check('0: 走る　--neg　雨\n　の中\n8:　眠る');
    expect(document.keyframes.map(({ prompt }) => prompt.text)).toEqual(['走る', '眠る']);
    expect(document.keyframes[0]!.negative!.prompt.text).toBe('雨 の中');
    expect(problems.map(({ code }) => code)).toEqual(['travel/space-after-colon']);
  });
});

describe('a range in another notation', () => {
  it.each([
    '24 – 28: c',
    '24 — 28: c',
    '24 −28: c',
    '24 -> 28: c',
    '24→28: c',
    '24 ﹣ 28: c',
    '24 ～ 28: c',
    '24 ... 28: c',
  ])('%j has one message, with the range', (line) => {
    for (const text of [`${MATTER}0: a\n${line}`, `${MATTER}${line}\n${line.replace('24', '25')}`]) {
      const { problems } = check(text);
      expect(new Set(problems.map(({ code }) => code))).not.toContain('travel/foreign-key-syntax');
      expect(keysOf(fixAll(text))).toContain('24-28');
    }
  });

  it.each(['0: a\n24 – c', '0: a\n24 = c', '0: a\n- 24: c'])('%j is the key of another tool', (body) => {
    expect(check(MATTER + body).problems.map(({ code }) => code)).toEqual(['travel/foreign-key-syntax']);
  });
});

describe('a space of another kind after the colon', () => {
  it.each(['\u00a0', '\u2003', '\u202f', '\u2009', ' \u00a0', '\u00a0 ', '\u00a0\u00a0', '\t\u00a0'])(
    '%j becomes one space',
    (space) => {
      const text = `0:${space}a\n`;
      expect(check(text).problems.map(({ code }) => code)).toContain('travel/space-after-colon');
      expect(fixAll(text)).toBe('0: a\n');
    },
  );
});

describe('a second key without a separator', () => {
  it.each([
    ['0: a 24: b', '0: a\n24: b'],
    ['0: a, 24: b', '0: a\n24: b'],
    ['0: (a:1.2) 24: b', '0: (a:1.2)\n24: b'],
    ['0: a\n  b 24: c', '0: a\n  b\n24: c'],
    ['0: a 24: b 40: c', '0: a\n24: b\n40: c'],
  ])('%j is found', (body, fixed) => {
    const { problems } = check(MATTER + body);
    expect(problems[0]).toMatchObject({ code: 'travel/foreign-key-syntax' });
    expect(apply(MATTER + body, [problems[0]!.fixes![0]!])).toBe(MATTER + fixed);
  });

  it.each([
    '0: at 12:30',
    '0: a 16:9 still',
    '0: (word:1.2)',
    '0: [a:b:8]',
    '0: (a 24: b)',
    '24: a 8: b',
    '0: a 99: b',
    '0: a24: b',
    'a 24: b',
  ])('%j has none', (body) => {
    expect(check(MATTER + body).problems.map(({ code }) => code)).not.toContain('travel/foreign-key-syntax');
  });
});

describe('the files of the field', () => {
  const file = (name: string) => caseFiles.find((item) => item.name.endsWith(`${name}.travel`))!.text;

  it.each([
    ['fullwidth-positions', ['0', '50%', '0-8', '-1']],
    ['range-dash', ['0-8', '16-20', '24-28', '32-36', '40-44']],
    ['position-notation', ['0', '1.5s', '2.5s', '50.5%', '3s']],
    ['invisible', ['0', '8', '16', '24']],
    ['ratio-line', []],
    ['clock-line', ['0', '16']],
    ['brackets-over-lines', ['0', '8']],
  ])('%s has the keys %j after “Fix all”', (name, keys) => {
    expect(keysOf(fixAll(file(name)))).toEqual(keys);
  });

  it.each(['brackets-over-lines', 'edit-over-lines', 'choice-over-lines', 'comma-before-bracket', 'fullwidth-indent'])(
    '%s has no problem',
    (name) => {
      expect(check(file(name)).problems).toEqual([]);
    },
  );

  it('animator has a fix for its first row, and names the others', () => {
    const text = file('animator');
    const { problems } = check(text);
    expect(problems).toHaveLength(3);
    const [both, one] = problems[0]!.fixes!;
    expect(both!.title).toBe('Change all 2 lines to keyframes, and set `frames` to 48');
    expect(apply(text, [both!])).toContain('---\nframes: 48\n---\n0: a fox running --neg blurry\n5s: ');
    expect(apply(text, [one!]).split('\n')[0]).toBe('0: a fox running --neg blurry');
    expect(problems[1]!.message).toContain('5s: …');
    expect(problems[2]!.message).toContain('transform');
    expect(problems[2]!.fixes).toEqual([]);
  });
});
