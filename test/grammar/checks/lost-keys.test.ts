import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../property-runs.ts';
import { caseFiles } from './documents.ts';
import { apply, check, fixAll, KEYS, keysOf, MATTER } from './written-keys.ts';

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
