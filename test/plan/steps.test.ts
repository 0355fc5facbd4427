import { describe, expect, it } from 'vitest';
import { createSampler } from '../../engine/schedulers/a1111.ts';
import { MOTION_BETAS } from '../../engine/schedulers/betas.ts';
import { SAMPLERS, SigmaSchedule, samplerFacts } from '../../plan/samplers.ts';
import { firstCallOf, modelCalls, promptSteps, samplingCalls, samplingSteps } from '../../plan/steps.ts';
import { runScheduler } from '../engine/schedulers/runs.ts';

const known = SAMPLERS.filter((sampler) => sampler !== 'DPM adaptive');

describe('samplingSteps and samplingCalls', () => {
  it.each(known)('are what %s makes, for every number of steps and every schedule', (sampler) => {
    const { schedule: own, fewest = 1 } = samplerFacts(sampler);
    const all = own === null ? (['uniform'] as const) : SigmaSchedule.options;
    for (const schedule of all) {
      const most = own === null ? 1000 : 45;
      for (let steps = fewest; steps <= most; steps = steps < 45 ? steps + 1 : steps + 37) {
        const choice = { sampler, schedule, steps };
        const firstCalls: number[] = [];
        const scheduler = createSampler(choice, MOTION_BETAS);
        let calls = 0;
        const { results, timesteps } = runScheduler(
          { ...scheduler, step: stepping(scheduler, () => firstCalls.push(calls)) } as typeof scheduler,
          new Float32Array(1),
          (input) => {
            calls++;
            return { guided: input, negative: input };
          },
          () => new Float32Array(1),
        );
        expect([schedule, steps, samplingSteps(choice)]).toEqual([schedule, steps, results.length]);
        if (sampler === 'Restart' && schedule !== own) {
          expect(samplingCalls(choice)).toBeGreaterThanOrEqual(timesteps.length);
          continue;
        }
        expect([schedule, steps, samplingCalls(choice)]).toEqual([schedule, steps, timesteps.length]);
        expect(results.map((_, step) => firstCallOf(choice, step))).toEqual(firstCalls);
      }
    }
  });

  it('are none if a sampler cannot make so few', () => {
    const of = (sampler: (typeof SAMPLERS)[number], steps: number) => {
      const choice = { sampler, schedule: 'uniform', steps } as const;
      return [samplingSteps(choice), samplingCalls(choice)];
    };
    expect([of('DDIM', 1), of('PLMS', 1), of('UniPC', 2)]).toEqual(Array(3).fill([0, 0]));
    expect([2, 20, 12, 300].map((steps) => of('DDIM', steps)[0])).toEqual([1, 19, 12, 333]);
  });
});

const stepping =
  (scheduler: ReturnType<typeof createSampler>, onStep: () => void): (typeof scheduler)['step'] =>
  (...args) => {
    onStep();
    return scheduler.step(...args);
  };

describe('promptSteps', () => {
  it('counts two for each step of a sampler of second order, as A1111', () => {
    expect(promptSteps({ sampler: 'Euler', steps: 20 })).toBe(20);
    expect(promptSteps({ sampler: 'Heun', steps: 20 })).toBe(40);
    // A1111 does not count the second call of PLMS’ first step.
    expect(promptSteps({ sampler: 'PLMS', steps: 20 })).toBe(20);
  });
});

describe('modelCalls', () => {
  it('counts the windows of all steps', () => {
    const window = { start: 0, stride: 1, length: 8 };
    expect(modelCalls([[window], [window, window], [window]])).toBe(4);
  });
});
