import { describe, expect, it } from 'vitest';
import { createSampler } from '../../engine/schedulers/a1111.ts';
import { MOTION_BETAS } from '../../engine/schedulers/betas.ts';
import { modelCalls, SAMPLERS, samplingSteps } from '../../plan/steps.ts';

describe('samplingSteps', () => {
  it.each(SAMPLERS)('is what the scheduler of %s makes, for every number of steps', (sampler) => {
    const most = sampler === 'DDIM' ? 1000 : 60;
    for (let steps = 2; steps <= most; steps++) {
      const made = createSampler(sampler, 'uniform', steps, MOTION_BETAS).timesteps.length;
      expect([steps, samplingSteps({ sampler, steps })]).toEqual([steps, made]);
    }
  });

  it('is one fewer for DDIM where `steps` divides 1000', () => {
    expect([1, 2, 20, 12, 300].map((steps) => samplingSteps({ sampler: 'DDIM', steps }))).toEqual([0, 1, 19, 12, 333]);
  });
});

describe('modelCalls', () => {
  it('counts the windows of all steps', () => {
    const window = { start: 0, stride: 1, length: 8 };
    expect(modelCalls([[window], [window, window], [window]])).toBe(4);
  });
});
