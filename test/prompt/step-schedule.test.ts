import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduleSteps } from '../../prompt/step-schedule.ts';
import { DEEP_TEXTS, HUGE_TEXTS, promptText } from './texts.ts';

const pairs = (prompt: string, steps = 10) =>
  scheduleSteps(prompt, { steps }).map(({ untilStep, text }) => [untilStep, text]);

describe('scheduleSteps', () => {
  it('is one text if nothing changes', () => {
    expect(pairs('a (b:1.2) [c]')).toEqual([[10, 'a (b:1.2) [c]']]);
  });

  it('reads a time with a point as a fraction and another as a step', () => {
    expect(pairs('[a:b:1]')).toEqual([
      [1, 'a'],
      [10, 'b'],
    ]);
    expect(pairs('[a:b:1.0]')).toEqual([[10, 'a']]);
    expect(pairs('[a:b:5e-1]')).toEqual([[10, 'b']]);
    expect(pairs('[a:b:1e400]')).toEqual([[10, 'a']]);
  });

  it('reads the whole prompt as text for a bar outside brackets, but not for a stray bracket', () => {
    expect(pairs('[a:b:5] | c')).toEqual([[10, '[a:b:5] | c']]);
    expect(pairs('[a:b:5] (x|y)')).toEqual([[10, '[a:b:5] (x|y)']]);
    expect(pairs('[a:b:5] ] c')).toEqual([
      [5, 'a ] c'],
      [10, 'b ] c'],
    ]);
  });

  it('reads the whole prompt as text if a line ends in a backslash', () => {
    expect(pairs('[a:b:5] \\')).toEqual([[10, '[a:b:5] \\']]);
    expect(pairs('[a:b:5] \\\nc')).toEqual([[10, '[a:b:5] \\\nc']]);
  });

  it('finds a schedule inside brackets that are none', () => {
    expect(pairs('[a:(b:[c:d:5]:e):3]')).toEqual([
      [5, '[a:(b:c:e):3]'],
      [10, '[a:(b:d:e):3]'],
    ]);
  });

  it('reads crossing brackets as text', () => {
    expect(pairs('[a:(b]c):3] [d:e:5]')).toEqual([
      [5, '[a:(b]c):3] d'],
      [10, '[a:(b]c):3] e'],
    ]);
  });

  it('alternates within what is scheduled', () => {
    expect(pairs('[x:[a|b]:1]', 4)).toEqual([
      [1, 'x'],
      [2, 'b'],
      [3, 'a'],
      [4, 'b'],
    ]);
  });

  it('rises to the last step, and text without brackets is itself', () => {
    fc.assert(
      fc.property(promptText, fc.integer({ min: 1, max: 30 }), (prompt, steps) => {
        const schedule = scheduleSteps(prompt, { steps });
        expect(schedule.at(-1)!.untilStep).toBe(steps);
        for (let i = 1; i < schedule.length; i++) {
          expect(schedule[i]!.untilStep).toBeGreaterThan(schedule[i - 1]!.untilStep);
        }
        expect(schedule[0]!.untilStep).toBeGreaterThanOrEqual(1);
        if (!prompt.includes('[')) expect(schedule).toEqual([{ untilStep: steps, text: prompt }]);
      }),
    );
  });

  it.each([...HUGE_TEXTS, ...DEEP_TEXTS])('gets through half a megabyte of %s', (_, prompt) => {
    expect(scheduleSteps(prompt, { steps: 4 }).at(-1)!.untilStep).toBe(4);
  });

  it('goes down a hundred thousand levels', () => {
    const [[, deep]] = DEEP_TEXTS.filter(([name]) => name === 'alternating') as [readonly [string, string]];
    expect(scheduleSteps(deep, { steps: 2 })).toEqual([
      { untilStep: 1, text: 'a' },
      { untilStep: 2, text: 'b' },
    ]);
  });
});
