import { describe, expect, it } from 'vitest';
import { applyEdits, formatTravel } from '../../../grammar/format/format.ts';
import { apply, check, fixAll, keysOf, MATTER } from './written-keys.ts';

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
