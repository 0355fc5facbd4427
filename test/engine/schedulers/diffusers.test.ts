import { describe, expect, it } from 'vitest';
import { createDiffusersScheduler, DiffusersConfig } from './diffusers.ts';
import { type Model, noNoise, runScheduler, runTowards } from './runs.ts';

describe('createDiffusersScheduler', () => {
  const config = { beta_schedule: 'linear', beta_start: 0.00085, beta_end: 0.012 };
  const ddim = DiffusersConfig.parse({ ...config, class: 'DDIMScheduler', clip_sample: false, steps_offset: 1 });

  it('arrives at the clean sample', () => {
    const clean = Float32Array.of(1, -2, 0.5, 0);
    const solver = DiffusersConfig.parse({ ...config, class: 'DPMSolverMultistepScheduler' });
    for (const each of [ddim, solver]) {
      const scheduler = createDiffusersScheduler(each, 8);
      // Its sigmas are interpolated linearly, the knowing model's in log sigma: the same at whole timesteps.
      runTowards(clean, scheduler, noNoise).final.forEach((value, k) => {
        expect(value).toBeCloseTo(clean[k]!, 3);
      });
    }
  });

  // [steps, index, timestep] where exact arithmetic gives a half, and numpy's linspace less: 999·i/steps rounds up.
  it.each([
    [26, 13, 499],
    [30, 15, 499],
    [46, 23, 499],
    [52, 26, 499],
    [60, 30, 499],
    [92, 46, 499],
    [102, 17, 833],
    [198, 33, 833],
    [198, 121, 389],
    [204, 34, 833],
  ])('rounds the timesteps of numpy’s linspace: %d steps', (steps, index, timestep) => {
    const solver = DiffusersConfig.parse({ ...config, class: 'DPMSolverMultistepScheduler' });
    const nothing: Model = (input) => ({ guided: new Float32Array(input.length) });
    const { timesteps } = runScheduler(createDiffusersScheduler(solver, steps), new Float32Array(1), nothing);
    expect(timesteps[index]).toBe(timestep);
    expect([timesteps[0], timesteps.length]).toEqual([999, steps]);
  });

  it('rejects settings that would silently change results', () => {
    const accepts = (extra: object) => DiffusersConfig.safeParse({ ...config, ...extra }).success;
    expect(accepts({ class: 'DDIMScheduler' })).toBe(false);
    expect(accepts({ class: 'EulerDiscreteScheduler', prediction_type: 'v_prediction' })).toBe(false);
    expect(accepts({ class: 'DPMSolverMultistepScheduler', solver_order: 3 })).toBe(false);
    expect(accepts({ class: 'PNDMScheduler' })).toBe(false);
  });

  it('rejects more steps than training had', () => {
    expect(() => createDiffusersScheduler(ddim, 0)).toThrow(/0 steps/);
    expect(() => createDiffusersScheduler(ddim, 1001)).toThrow(/1001 steps/);
  });
});
