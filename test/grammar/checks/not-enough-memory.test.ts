import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../grammar/format/format.ts';
import { checkTravel } from '../../../grammar/language.ts';
import { memoryNeeded } from '../../../plan/memory.ts';
import { testEnvironment } from '../environment.ts';

const film = (...settings: string[]) =>
  ['---', 'checkpoint: toonyou', 'motion_module: mm_sd_v15', ...settings, '---', 'a lighthouse'].join('\n');

const memoryProblem = (text: string, memory: number | null) =>
  checkTravel(text, testEnvironment({ memory })).problems.find(({ code }) => code === 'travel/not-enough-memory');

const LARGE = film('width: 2048', 'height: 1536');

describe('the memory that a render needs', () => {
  // Without the files, which are mapped. docs/measured.md says how it was measured.
  it.each([
    { window: 16, side: 512, measured: 2.18e9 },
    { window: 1, side: 512, measured: 1.18e9 },
    { window: 1, side: 768, measured: 2.56e9 },
  ])('$window frames of $side×$side: within a fifth of what was measured', ({ window, side, measured }) => {
    const [width, height, channels] = [side, side, [320, 640, 1280, 1280]];
    const needed = memoryNeeded({ window, frames: window, width, height, channels, vaeChannels: 128, models: 0 });
    expect(needed / measured).toBeGreaterThan(0.8);
    expect(needed / measured).toBeLessThan(1.2);
  });

  it('is told where it is more than there is, with a size that fits', () => {
    const problem = memoryProblem(LARGE, 16e9)!;
    expect(problem).toMatchObject({ severity: 'warning' });
    expect(LARGE.slice(problem.span.start, problem.span.end)).toBe('2048');
    expect(problem.message).toContain('16 frames of 2048×1536 at once, 16 in all, need about');
    expect(problem.message).toContain('this computer has 16 GB');
    const repaired = applyEdits(LARGE, problem.fixes![0]!.edits);
    expect(repaired).not.toBe(LARGE);
    expect(memoryProblem(repaired, 16e9)).toBeUndefined();
  });

  it('is not told where it is there, or where nobody knows', () => {
    expect(memoryProblem(LARGE, 64e9)).toBeUndefined();
    expect(memoryProblem(LARGE, null)).toBeUndefined();
    expect(memoryProblem(film('width: 2048', 'height: 1536', 'device: cuda'), 16e9)).toBeUndefined();
  });

  it('counts the frames of a whole clip, and those that are rendered alone', () => {
    const long = film('frames: 8000');
    expect(memoryProblem(long, 16e9)!.message).toContain('8000 in all');
    const some = checkTravel(long, testEnvironment({ memory: 16e9 }), { frames: { from: 0, to: 15 } });
    expect(some.problems.map(({ code }) => code)).not.toContain('travel/not-enough-memory');
  });

  it('leads to fewer frames where no size would do', () => {
    const problem = memoryProblem(film('frames: 8000'), 1e8)!;
    expect(problem.message).toContain('Make `context` smaller, or render fewer frames.');
    expect(problem.fixes).toEqual([]);
  });
});
