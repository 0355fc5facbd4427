import { describe, expect, it } from 'vitest';
import { createSampler } from '../../engine/schedulers/a1111.ts';
import { MOTION_BETAS } from '../../engine/schedulers/betas.ts';
import { SAMPLERS, SigmaSchedule, samplerFacts } from '../../plan/samplers.ts';
import { firstCallOf, modelCalls, promptSteps, samplingCalls, samplingSteps } from '../../plan/steps.ts';
import { runScheduler } from '../engine/schedulers/runs.ts';

const known = SAMPLERS.filter((sampler) => sampler !== 'DPM adaptive');

describe('samplingSteps and samplingCalls', () => {
  it.each(known)('are what %s makes from images, for every schedule and denoising strength', (sampler) => {
    const { schedule: own } = samplerFacts(sampler);
    for (const schedule of own === null ? (['uniform'] as const) : SigmaSchedule.options) {
      for (const steps of [3, 8, 20, 41]) {
        for (const denoising of [0, 0.05, 0.3, 0.6, 0.75, 1]) {
          const choice = { sampler, schedule, steps, denoising };
          const expected = [schedule, steps, denoising, samplingSteps(choice), samplingCalls(choice)];
          if (samplingSteps(choice) === 0) {
            expect(() => createSampler(choice, MOTION_BETAS)).toThrow();
            continue;
          }
          const scheduler = createSampler(choice, MOTION_BETAS);
          const model = (input: Float32Array) => ({ guided: input, negative: input });
          const { results, timesteps } = runScheduler(scheduler, new Float32Array(1), model, () => new Float32Array(1));
          const calls = sampler === 'Restart' && schedule !== own ? samplingCalls(choice) : timesteps.length;
          expect(expected).toEqual([schedule, steps, denoising, results.length, calls]);
        }
      }
    }
  });

  it('are A1111’s for image-to-image', () => {
    const of = (sampler: (typeof SAMPLERS)[number], steps: number, denoising: number) =>
      samplingSteps({ sampler, schedule: 'uniform', steps, denoising });
    // int(min(strength, 0.999) · steps) + 1 noise levels of k-diffusion; as many timesteps less one of DDIM.
    expect([of('Euler', 20, 0.75), of('Euler', 20, 1), of('Euler', 20, 0), of('Euler', 8, 0.75)]).toEqual([
      16, 20, 1, 7,
    ]);
    expect([of('DDIM', 20, 0.75), of('DDIM', 20, 0.1), of('DDIM', 20, 0.05)]).toEqual([14, 1, 0]);
    expect([of('UniPC', 20, 0.75), of('UniPC', 20, 0.1), of('DPM fast', 20, 0.75)]).toEqual([15, 0, 6]);
  });

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
