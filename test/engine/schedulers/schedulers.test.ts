import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FrameNoise } from '../../../engine/random/frame-noise.ts';
import { createSampler, ddimTimesteps, sigmaSteps } from '../../../engine/schedulers/a1111.ts';
import { alphasCumprod, MOTION_BETAS, SD15_BETAS, trainingBetas } from '../../../engine/schedulers/betas.ts';
import type { NoiseSource, Scheduler } from '../../../engine/schedulers/scheduler.ts';
import { karrasSigmas, SigmaTable } from '../../../engine/schedulers/sigmas.ts';
import type { SigmaSchedule } from '../../../plan/plan.ts';
import { SAMPLERS, type Sampler } from '../../../plan/steps.ts';
import { openCase } from '../../golden/case.ts';
import { compareOutputs } from '../../golden/compare.ts';
import { GOLDEN_FOLDER, REFERENCE_FOLDER } from '../../golden/folder.ts';
import { itWithGolden } from '../../golden/tests.ts';
import { createDiffusersScheduler, DiffusersConfig } from './diffusers.ts';

const noNoise: NoiseSource = () => {
  throw new Error('This step must not draw noise.');
};

/** A run whose model knows the clean sample: every prediction is exactly the noise that is left, and implies it. */
function runTowards(clean: Float32Array, scheduler: Scheduler, noise: NoiseSource, first = 0): Float32Array {
  const start = Float32Array.of(0.3, -1.2, 0.7, 2);
  let sample = scheduler.addNoise(clean, start, first);
  for (let i = first; i < scheduler.timesteps.length; i++) {
    // addNoise is linear: its answer for noise 1 over nothing is the noise level.
    const level = scheduler.addNoise(new Float32Array(4), new Float32Array(4).fill(1), i)[0]!;
    const signal = scheduler.addNoise(new Float32Array(4).fill(1), new Float32Array(4), i)[0]!;
    const epsilon = sample.map((value, k) => (value - signal * clean[k]!) / level);
    scheduler.clean(epsilon, i, sample).forEach((value, k) => {
      expect(value).toBeCloseTo(clean[k]!, 3);
    });
    sample = scheduler.step(epsilon, i, sample, noise);
  }
  return sample;
}

const kSamplers = SAMPLERS.filter((name) => name !== 'DDIM');

describe('createSampler', () => {
  const clean = Float32Array.of(1, -2, 0.5, 0);
  const close = (sample: Float32Array, digits: number) =>
    sample.forEach((value, k) => {
      expect(value).toBeCloseTo(clean[k]!, digits);
    });

  it.each(kSamplers.flatMap((name) => (['uniform', 'karras'] as const).map((schedule) => ({ name, schedule }))))(
    '$name $schedule arrives at the clean sample, from wherever the run begins',
    ({ name, schedule }) => {
      for (const steps of [1, 2, 7]) {
        const noise = new FrameNoise([3], 4);
        const sampler = createSampler(name, schedule, steps, MOTION_BETAS);
        expect(sampler.timesteps).toHaveLength(steps);
        close(
          runTowards(clean, sampler, () => noise.next()),
          3,
        );
        close(
          runTowards(clean, sampler, () => noise.next(), steps - 1),
          3,
        );
      }
    },
  );

  it('DDIM leaves the noise of the first timestep, as A1111 does', () => {
    const sampler = createSampler('DDIM', 'uniform', 20, SD15_BETAS);
    expect(sampler.timesteps).toHaveLength(19);
    const result = runTowards(clean, sampler, noNoise);
    const { sigmas } = new SigmaTable(SD15_BETAS);
    const signal = 1 / Math.sqrt(1 + sigmas[1]! ** 2);
    const noise = [0.3, -1.2, 0.7, 2];
    result.forEach((value, k) => {
      expect(value).toBeCloseTo(signal * (clean[k]! + sigmas[1]! * noise[k]!), 4);
    });
  });

  it('scales the UNet’s inputs to unit variance', () => {
    const euler = createSampler('Euler', 'uniform', 5, SD15_BETAS);
    const sigma = euler.initNoiseSigma;
    expect(euler.scaleModelInput(Float32Array.of(Math.hypot(sigma, 1)), 0)[0]).toBeCloseTo(1, 6);
    const ddim = createSampler('DDIM', 'uniform', 5, SD15_BETAS);
    expect(ddim.initNoiseSigma).toBe(1);
    expect([...ddim.scaleModelInput(Float32Array.of(2, 3), 0)]).toEqual([2, 3]);
  });

  it('draws noise only for Euler a, once a step but the last', () => {
    const draws = (name: Sampler) => {
      let drawn = 0;
      const noise = () => {
        drawn++;
        return new Float32Array(4);
      };
      runTowards(clean, createSampler(name, 'uniform', 6, MOTION_BETAS), noise);
      return drawn;
    };
    expect(SAMPLERS.map((name) => [name, draws(name)])).toEqual([
      ['DDIM', 0],
      ['Euler', 0],
      ['Euler a', 5],
      ['DPM++ 2M', 0],
    ]);
  });

  it('starts fresh if a sampler is used for a second run', () => {
    const sampler = createSampler('DPM++ 2M', 'karras', 4, MOTION_BETAS);
    const sample = Float32Array.of(9, 8);
    const epsilons = [Float32Array.of(1, 0.5), Float32Array.of(-1, 0.25), Float32Array.of(0, 2), Float32Array.of(1, 1)];
    const run = () => epsilons.reduce<Float32Array>((x, epsilon, i) => sampler.step(epsilon, i, x, noNoise), sample);
    expect(run()).toEqual(run());
  });

  it('rejects a prediction of another length than the sample', () => {
    const sampler = createSampler('Euler', 'uniform', 4, MOTION_BETAS);
    expect(() => sampler.step(new Float32Array(3), 0, new Float32Array(4), noNoise)).toThrow(/4 and 3 values/);
  });

  it('reports the range of DDIM’s steps', () => {
    expect(() => createSampler('DDIM', 'uniform', 1, SD15_BETAS)).toThrow(/1 steps.*from 2 to 1000/);
    expect(() => createSampler('DDIM', 'uniform', 1001, SD15_BETAS)).toThrow(/1001 steps/);
    expect(ddimTimesteps(1000).slice(-2)).toEqual([999, 999]);
  });

  it('falls in timestep and in sigma, for any number of steps', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 150 }),
        fc.constantFrom<SigmaSchedule>('uniform', 'karras'),
        fc.constantFrom(MOTION_BETAS, SD15_BETAS),
        (steps, schedule, betas) => {
          const { timesteps, sigmas } = sigmaSteps(schedule, steps, betas);
          expect(sigmas).toHaveLength(steps + 1);
          expect(sigmas.at(-1)).toBe(0);
          for (const values of [timesteps, sigmas]) {
            for (let i = 1; i < values.length; i++) expect(values[i]).toBeLessThan(values[i - 1]!);
          }
          expect(Math.max(...timesteps)).toBeLessThanOrEqual(999);
          expect(Math.min(...timesteps)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});

describe('end-to-end A1111 runs of the full reference set', () => {
  const Settings = z.looseObject({
    settings: z.looseObject({
      sampler: z.string(),
      steps: z.int(),
      seed: z.int(),
      video_length: z.int(),
      denoise: z.undefined().optional(),
      denoising_strength: z.undefined().optional(),
    }),
    model_timesteps: z.array(z.number()),
  });
  const textToVideo = ['webui_ddim_v1', 'webui_dpmpp2mk_lora_v2', 'webui_euler_a_travel', 'webui_euler_long_closed'];

  itWithGolden.each(textToVideo)('have the same sigmas, timesteps and noise in %s', async (name) => {
    const golden = await openCase(GOLDEN_FOLDER, `e2e/${name}`);
    const { settings, model_timesteps } = Settings.parse(golden.manifest.params);
    const karras = settings.sampler.endsWith(' Karras');
    const samplerName = settings.sampler.replace(' Karras', '') as Sampler;
    const schedule = karras ? 'karras' : 'uniform';
    const sampler = createSampler(samplerName, schedule, settings.steps, MOTION_BETAS);
    expect(sampler.timesteps).toHaveLength(model_timesteps.length);
    sampler.timesteps.forEach((timestep, i) => {
      expect(Math.abs(timestep - model_timesteps[i]!)).toBeLessThan(0.02);
    });

    const [frames, ...frameShape] = golden.tensor('noise0').dims;
    const frameSize = frameShape.reduce((a, b) => a * b);
    const seeds = Array.from({ length: frames! }, (_, i) => settings.seed + i);
    const noise = new FrameNoise(seeds, frameSize);
    const outputs: Record<string, ArrayLike<number>> = { noise0: noise.next() };
    if (golden.has('noise1_frame0')) outputs.noise1_frame0 = noise.next().subarray(0, frameSize);
    if (golden.has('sigmas')) outputs.sigmas = sigmaSteps(schedule, settings.steps, MOTION_BETAS).sigmas;
    const { status, detail } = compareOutputs(golden, outputs);
    expect(status, detail).toBe('passed');
  });
});

describe('trainingBetas', () => {
  it('matches torch bit for bit', async () => {
    const golden = await openCase(REFERENCE_FOLDER, 'schedulers/betas');
    expect(trainingBetas(MOTION_BETAS)).toEqual(golden.tensor('linear/betas').data);
    expect(trainingBetas(SD15_BETAS)).toEqual(golden.tensor('scaled_linear/betas').data);
    expect(alphasCumprod(MOTION_BETAS)).toEqual(golden.tensor('linear/alphas_cumprod').data);
    expect(alphasCumprod(SD15_BETAS)).toEqual(golden.tensor('scaled_linear/alphas_cumprod').data);
  });
});

describe('SigmaTable', () => {
  const table = new SigmaTable(MOTION_BETAS);

  it('finds the timestep of a sigma again', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 999, noNaN: true }), (timestep) => {
        expect(table.timestepOf(table.atTimestepByLog(timestep))).toBeCloseTo(timestep, 3);
      }),
    );
  });

  it('keeps sigmas beyond the table at its ends', () => {
    expect(table.timestepOf(1e-9)).toBe(0);
    expect(table.timestepOf(1e9)).toBe(999);
  });
});

describe('karrasSigmas', () => {
  it('goes from the largest to the smallest', () => {
    const sigmas = karrasSigmas(0.03, 25, 5);
    expect(sigmas[0]).toBeCloseTo(25, 9);
    expect(sigmas[4]).toBeCloseTo(0.03, 9);
    expect(karrasSigmas(0.03, 25, 1)[0]).toBeCloseTo(25, 9);
  });
});

describe('createDiffusersScheduler', () => {
  const config = { beta_schedule: 'linear', beta_start: 0.00085, beta_end: 0.012 };
  const ddim = DiffusersConfig.parse({ ...config, class: 'DDIMScheduler', clip_sample: false, steps_offset: 1 });

  it('arrives at the clean sample', () => {
    const clean = Float32Array.of(1, -2, 0.5, 0);
    const solver = DiffusersConfig.parse({ ...config, class: 'DPMSolverMultistepScheduler' });
    for (const each of [ddim, solver]) {
      runTowards(clean, createDiffusersScheduler(each, 8), noNoise).forEach((value, k) => {
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
    const { timesteps } = createDiffusersScheduler(solver, steps);
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
