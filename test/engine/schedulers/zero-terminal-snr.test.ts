import { describe, expect, it } from 'vitest';
import { createSampler } from '../../../engine/schedulers/a1111.ts';
import { alphasCumprod, MOTION_BETAS, SD15_BETAS } from '../../../engine/schedulers/betas.ts';
import { SAMPLERS } from '../../../plan/samplers.ts';
import { type Model, runScheduler } from './runs.ts';

describe('zero terminal SNR', () => {
  it.each([
    ['scaled_linear', SD15_BETAS],
    ['linear', MOTION_BETAS],
  ])('keeps the first training step and empties the last: %s', (_, betas) => {
    const plain = alphasCumprod(betas);
    const scaled = alphasCumprod({ ...betas, zeroTerminalSnr: true });
    expect(scaled[0]).toBeCloseTo(plain[0]!, 6);
    // As A1111 and ComfyUI write it.
    expect(scaled[999]).toBe(Math.fround(4.8973451890853435e-8));
    // Algorithm 1 of the paper: equal ratios of the shifted roots.
    const shifted = (i: number) => Math.sqrt(plain[i]!) - Math.sqrt(plain[999]!);
    for (const i of [1, 250, 500, 998]) {
      expect(Math.sqrt(scaled[i]!) / Math.sqrt(scaled[0]!)).toBeCloseTo(shifted(i) / shifted(0), 5);
    }
  });

  it.each(SAMPLERS)('has finite steps with %s', (sampler) => {
    const betas = { ...SD15_BETAS, zeroTerminalSnr: true };
    const scheduler = createSampler({ sampler, schedule: 'uniform', steps: 10 }, betas);
    const start = new Float32Array([scheduler.initNoiseSigma]);
    // A model that has the noise right.
    const model: Model = (input) => ({ guided: input.map(() => 1), negative: input.map(() => 1) });
    const { final, timesteps } = runScheduler(scheduler, start, model, () => new Float32Array([0]));
    expect(timesteps.every((timestep) => Number.isFinite(timestep))).toBe(true);
    expect(final.every(Number.isFinite)).toBe(true);
  });
});
