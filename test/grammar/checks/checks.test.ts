import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkTravel } from '../../../grammar/language.ts';
import type { GivenSettings } from '../../../grammar/settings/schema.ts';
import { runs } from '../../property-runs.ts';
import { testEnvironment } from '../environment.ts';
import { travelText } from '../text.ts';
import { check, found } from './cases.ts';

describe('the checks', () => {
  it('report nothing in a correct file', () => {
    const right = [
      'portrait of a woman, ((masterpiece)), [blurry], (a:1.3), \\(name\\)\n',
      '---\nframes: 32\n---\n0: (red hair:1.2) [cat:dog:0.5] [a|b] BREAK sky <lora:detail:0.8>\n8-10 ease: b --neg c\n-1: time 12:30\n',
      'girl # comment: (\n0: a\n# 12: not a key\n8: (a\n  b:1.2)\n\ntail AND other:1.3\n',
    ];
    expect(right.map(found)).toEqual([[], [], []]);
  });

  it('allow any output path of the command line, and absolute paths and the home folder in a file', () => {
    const base = (text: string, output?: string) =>
      checkTravel(text, testEnvironment(), output ? { overrides: { output } } : {}).plan?.output.base;
    expect(base('a', '../../x')).toBe('/projects/clips/../../x');
    expect(base('---\noutput: ../x\n---\na')).toBe('/projects/clips/../x');
    expect(base('---\noutput: /clips/x\n---\na')).toBe('/clips/x');
    expect(base('---\noutput: ~/trv/{name}\n---\na')).toBe('/home/me/trv/clip');
    expect(base('---\noutput: ~x/y\n---\na')).toBe('/projects/clips/~x/y');
  });

  it('advise on settings of the command line in its words', () => {
    const adviceFor = (overrides: GivenSettings) =>
      checkTravel('a', testEnvironment(), { overrides }).problems.map(({ message }) => message);
    for (const given of [{ denoising_strength: 0.5 }, { context: 20 }, { last_frame: 'b.png' }, { loop: 3 }]) {
      const messages = adviceFor({ ...given, save: ['mp4'] });
      expect(messages).not.toEqual([]);
      expect(messages.join()).not.toContain('this line');
    }
    expect(adviceFor({ context: 20 })).toEqual([expect.stringMatching(/Remove it from the command line\.$/)]);
  });

  it('allow rendering with text between keyframes', () => {
    const { plan, problems } = check('0: a\nb\n8: c\n');
    expect(problems.map(({ severity }) => severity)).toEqual(['error']);
    expect(plan!.prompts.map(({ text }) => text)).toEqual(['a, b', '', 'c, b']);
  });

  it('have spans inside the text, in order, and fixes that do not overlap', () => {
    fc.assert(
      fc.property(fc.oneof(travelText, fc.string({ unit: 'binary', maxLength: 300 })), (text) => {
        const { problems } = check(text);
        const inside = ({ start, end }: { start: number; end: number }) =>
          0 <= start && start <= end && end <= text.length;
        expect(problems.filter(({ span }) => !inside(span))).toEqual([]);
        expect(problems.map(({ span }) => span.start)).toEqual(
          problems.map(({ span }) => span.start).sort((a, b) => a - b),
        );
        for (const { edits } of problems.flatMap(({ fixes }) => fixes ?? [])) {
          const sorted = [...edits].sort((a, b) => a.span.start - b.span.start);
          expect(
            sorted.every(({ span }, i) => inside(span) && (i === 0 || sorted[i - 1]!.span.end <= span.start)),
          ).toBe(true);
        }
      }),
      runs(500),
    );
  });
});
