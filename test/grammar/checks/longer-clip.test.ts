import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkTravel } from '../../../grammar/language.ts';
import { runs } from '../../property-runs.ts';
import { testEnvironment } from '../environment.ts';
import { faultsOf, fixed } from './fix-faults.ts';

const problemsOf = (text: string) => checkTravel(text, testEnvironment()).problems;

/** The first fix of a kind of problem, and the text after it. */
function firstFix(text: string, code: string) {
  const problem = problemsOf(text).find((found) => found.code === `travel/${code}`);
  const fix = problem?.fixes?.[0];
  return problem && fix ? { title: fix.title, after: fixed(text, fix), faults: faultsOf(text, problem, fix) } : null;
}

describe('a fix that makes a keyframe after the end of the clip', () => {
  it.each([
    ['pasted-schedule', '"0": "a",\n"60": "b"', '---\nframes: 64\n---\n0: a\n60: b'],
    ['pasted-schedule', '\ufeff{"0": "a", "15": "b", "16": "c"}', '\ufeff---\nframes: 24\n---\n0: a\n15: b\n16: c'],
    ['pasted-schedule', '0: "a"; 8: "b"; 16: "c"', '---\nframes: 24\n---\n0: a\n8: b\n16: c'],
    ['pasted-schedule', '"0": "a,\n"16": "b', '---\nframes: 24\n---\n0: a\n16: b'],
    ['pasted-schedule', '{"0": "a", "max_f/2": "b", "60": "c"}', '---\nframes: 64\n---\n0: a\n32: b\n60: c'],
    ['pasted-schedule', 'x\\n0: a\\n31: b', '---\nframes: 32\n---\nx\n0: a\n31: b'],
    ['pasted-schedule', '{"prompt_map": {"0": "a", "40": "b"}}', '---\nframes: 64\n---\n0-20: a\n40-60: b'],
    ['pasted-schedule', '---\r\nfps: 8\r\n---\r\n"60": "b",', '---\r\nfps: 8\r\nframes: 64\r\n---\r\n60: b'],
    ['pasted-schedule', '---\nframes: 32\n---\nx\n{"0": "a", "40": "b"}', '---\nframes: 48\n---\nx\n0: a\n40: b'],
    ['foreign-key-syntax', '---\nframes: 32\n---\n0: a, 40: d', '---\nframes: 48\n---\n0: a\n40: d'],
    ['foreign-key-syntax', '0 -> a\n40 -> d', '---\nframes: 48\n---\n0: a\n40: d'],
    ['markdown', '**0:** a\n**40:** d', '---\nframes: 48\n---\n0: a\n40: d'],
  ])('%s also increases the length: %j', (code, text, after) => {
    expect(firstFix(text, code)).toMatchObject({ after, faults: [] });
    expect(firstFix(text, code)?.title).toMatch(/, and set `frames` to \d+$/);
  });

  it('does not change the length if the last frame fits, or if no length is possible', () => {
    expect(firstFix('{"0": "a", "15": "b"}', 'pasted-schedule')?.after).toBe('0: a\n15: b');
    expect(firstFix('{"0": "a", "999999999": "b"}', 'pasted-schedule')).toBeNull();
  });

  it('leaves no warning, wherever the schedule is', () => {
    const lines = fc.constantFrom('', 'sky\n', '---\nfps: 8\n---\n', '---\nframes: 20\nfps: 8\n---\nsky\n');
    const frames = fc.uniqueArray(fc.nat(500), { minLength: 2, maxLength: 6 }).map((all) => all.sort((a, b) => a - b));
    fc.assert(
      fc.property(lines, frames, fc.constantFrom('\n', '\r\n'), (before, keys, newline) => {
        const entries = keys.map((key) => `"${key}": "fox ${key}"`).join(',\n');
        const text = `${before}{\n${entries}\n}\n`.replaceAll('\n', newline);
        const fix = firstFix(text, 'pasted-schedule');
        expect(fix?.faults).toEqual([]);
        const { document, plan } = checkTravel(fix!.after, testEnvironment());
        expect(document.keyframes.map(({ position }) => Number(position.text))).toEqual(keys);
        expect(plan).not.toBeNull();
      }),
      runs(100),
    );
  });
});
