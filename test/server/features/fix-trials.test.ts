import { beforeEach, describe, expect, it, vi } from 'vitest';
import { MOST_TRIALS } from '../../../grammar/checks/fixes-together.ts';
import { codeActionsOf } from '../../../server/features/code-actions.ts';
import { analyze, edited, URI } from '../hosts.ts';

const counted = vi.hoisted(() => ({ checks: 0 }));

vi.mock('../../../grammar/checks/run.ts', async (importActual) => {
  const actual = await importActual<typeof import('../../../grammar/checks/run.ts')>();
  return {
    ...actual,
    checkClip: (...args: Parameters<typeof actual.checkClip>) => {
      counted.checks++;
      return actual.checkClip(...args);
    },
  };
});

beforeEach(() => {
  counted.checks = 0;
});

const CLIENT = { commands: new Set<string>(), pages: null };

/** The actions in a range, and how often the file was checked for them after its own check. */
function lightbulb(text: string, start = 0, end = start) {
  const analysis = analyze(text);
  expect(analysis.problems.length).toBeGreaterThan(0);
  const before = counted.checks;
  const found = codeActionsOf(analysis, analysis.rangeOf({ start, end }), undefined, CLIENT);
  return { analysis, found, trials: counted.checks - before };
}

describe('the lightbulb on one line', () => {
  it.each([
    ['ratios', '16:9 a\n'.repeat(300)],
    ['many ratios', '16:9 a\n'.repeat(4000)],
    ['full-width colons', '０：a\n'.repeat(1000)],
    ['keys of other tools', '0|a\n'.repeat(1000)],
    ['dashes', '0–8: a\n'.repeat(1000)],
    ['settings in the body', '---\na: 1\n'.repeat(1000)],
    ['text between keyframes', '0: a\nb\n'.repeat(300)],
    ['Compel weights', '(a)1.2, b++\n'.repeat(300)],
    ['unclosed tags', '0: <lora:a:1\n'.repeat(300)],
  ])('makes few trials: %s', (_, text) => {
    // Two kinds and the fixes of all kinds, each with at most `MOST_TRIALS`, and the fixes of the line.
    expect(lightbulb(text).trials).toBeLessThan(3 * MOST_TRIALS + 8);
  });

  it('makes one trial for all problems of a kind', () => {
    const { found, trials, analysis } = lightbulb('16:9 a\n'.repeat(300), 2);
    const all = found.find(({ title }) => title === 'Fix all 300 problems of this kind');
    expect(edited(analysis, all?.edit?.changes?.[URI] ?? [])).toBe('\\16:9 a\n'.repeat(300));
    // One for the fix of the line and one for all: a keyframe at 16 would be beyond the clip.
    expect(trials).toBe(2);
  });

  it('makes no second trial for the same answer', () => {
    const { analysis } = lightbulb('16:9 a\n'.repeat(30));
    const before = counted.checks;
    codeActionsOf(analysis, analysis.rangeOf({ start: 0, end: 0 }), undefined, CLIENT);
    expect(counted.checks).toBe(before);
  });
});

it('a selection of the whole file makes few trials', () => {
  const text = '16:9 a\n'.repeat(1000);
  expect(lightbulb(text, 0, text.length).trials).toBeLessThan(60);
});
