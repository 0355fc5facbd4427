import { describe, expect, it } from 'vitest';
import { apply, check, fixAll, keysOf } from './written-keys.ts';

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
