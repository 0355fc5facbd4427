import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ContextOptions, contextWindows, overlapFrames, uncoveredFrames } from '../../../grammar/time/windows.ts';
import { roundHalfEven } from '../../../plan/round-half-even.ts';
import { windowPositions } from '../../../plan/windows.ts';
import { runs } from '../../property-runs.ts';

const usual: ContextOptions = {
  frames: 32,
  context: 16,
  stride: 1,
  overlap: -1,
  closedLoop: 'N',
  schedule: 'uniform',
  steps: 2,
  dialect: 'travel',
};

/** `0–15` for each window of each step. */
function shown(options: Partial<ContextOptions>): string[][] {
  const all = { ...usual, ...options };
  return contextWindows(all).map((step) =>
    step.map((window) => {
      const positions = windowPositions(window, all.frames);
      return `${positions[0]}–${positions.at(-1)}${window.stride > 1 ? `/${window.stride}` : ''}`;
    }),
  );
}

describe('contextWindows', () => {
  it('puts a clip no longer than the context in one window, in both dialects', () => {
    for (const dialect of ['travel', 'webui'] as const) {
      for (const closedLoop of ['N', 'R-P', 'R+P', 'A'] as const) {
        expect(shown({ frames: 16, closedLoop, dialect })).toEqual([['0–15'], ['0–15']]);
        expect(shown({ frames: 7, closedLoop, dialect, steps: 1 })).toEqual([['0–6']]);
      }
    }
  });

  it('never wraps with N, and moves the seams from step to step', () => {
    expect(shown({})).toEqual([
      ['0–15', '12–27', '16–31'],
      ['16–31', '0–15', '8–23'],
    ]);
  });

  it('wraps with R-P and R+P, and closes with additional windows with A', () => {
    expect(shown({ frames: 28, closedLoop: 'R-P', steps: 1 })).toEqual([['0–15', '12–27']]);
    expect(shown({ frames: 28, closedLoop: 'R-P' })).toEqual(shown({ frames: 28, closedLoop: 'R+P' }));
    expect(shown({ frames: 28, closedLoop: 'A', steps: 1 })).toEqual([['0–15', '12–27', '24–11']]);
  });

  it('has the same windows at every step with static', () => {
    const steps = shown({ frames: 40, schedule: 'static', steps: 5 });
    expect(new Set(steps.map((step) => step.join())).size).toBe(1);
    expect(steps[0]).toEqual(['0–15', '12–27', '24–39']);
  });

  it('adds windows of every second frame with stride 2 if the clip is long enough', () => {
    expect(shown({ stride: 2, steps: 1 })[0]).toContain('0–30/2');
    expect(shown({ stride: 2, frames: 30, steps: 1 })[0]?.some((window) => window.includes('/'))).toBe(false);
  });

  it('equals sd-webui-animatediff, including its gap in step 4', () => {
    const webui = contextWindows({ ...usual, frames: 28, steps: 5, dialect: 'webui' });
    expect(webui.map((step) => uncoveredFrames(step, 28))).toEqual([[], [], [], [], [0, 1, 2, 3]]);
  });

  it('has every frame in a window at every step, no frame twice in one, and no wrap with N', () => {
    const options = fc
      .record({
        frames: fc.integer({ min: 1, max: 200 }),
        context: fc.integer({ min: 1, max: 32 }),
        stride: fc.integer({ min: 1, max: 6 }),
        closedLoop: fc.constantFrom('N', 'R-P', 'R+P', 'A'),
        schedule: fc.constantFrom('uniform', 'static'),
        steps: fc.integer({ min: 1, max: 40 }),
      })
      .chain((record) =>
        fc
          .integer({ min: -1, max: record.context - 1 })
          .map((overlap) => ({ ...record, overlap, dialect: 'travel' as const })),
      );
    fc.assert(
      fc.property(options, (all) => {
        const { frames, context } = all;
        const steps = contextWindows(all);
        const windows = steps.flat().map((window) => windowPositions(window, frames));
        expect(steps.flatMap((step) => uncoveredFrames(step, frames))).toEqual([]);
        expect(windows.filter((positions) => positions.length !== Math.min(frames, context))).toEqual([]);
        expect(windows.filter((positions) => new Set(positions).size !== positions.length)).toEqual([]);
        const wrapped = windows.filter((positions) => positions.some((at, i) => i > 0 && at < positions[i - 1]!));
        if (all.closedLoop === 'N') expect(wrapped).toEqual([]);
      }),
      runs(300),
    );
  });

  it.each([{ overlap: 16 }, { overlap: -2 }, { context: 0 }, { stride: 0 }, { frames: 1.5 }, { steps: 0 }])(
    'refuses %j',
    (wrong) => {
      expect(() => contextWindows({ ...usual, ...wrong })).toThrow(RangeError);
    },
  );
});

it('reads -1 as a quarter of the context', () => {
  expect([16, 20, 18, 3].map((context) => overlapFrames(context, -1))).toEqual([4, 5, 4, 0]);
  expect(overlapFrames(16, 0)).toBe(0);
});

it('rounds halves to even numbers like Python', () => {
  expect([8.5, 9.5, 4.5, 0.5, 1.5, 2.4, 2.6].map(roundHalfEven)).toEqual([8, 10, 4, 0, 2, 2, 3]);
});
