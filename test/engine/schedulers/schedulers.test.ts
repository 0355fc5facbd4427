import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runNoise } from '../../../engine/pipelines/run-noise.ts';
import { FrameNoise } from '../../../engine/random/frame-noise.ts';
import { createSampler, sigmaSteps } from '../../../engine/schedulers/a1111.ts';
import { alphasCumprod, MOTION_BETAS, SD15_BETAS, trainingBetas } from '../../../engine/schedulers/betas.ts';
import type { NoiseSource, Scheduler } from '../../../engine/schedulers/scheduler.ts';
import { karrasSigmas, SigmaTable } from '../../../engine/schedulers/sigmas.ts';
import { a1111Timesteps } from '../../../engine/schedulers/timesteps.ts';
import { SAMPLERS, type Sampler, SigmaSchedule, samplerFacts } from '../../../plan/samplers.ts';
import { samplingSteps } from '../../../plan/steps.ts';
import { openCase } from '../../golden/case.ts';
import { compareOutputs } from '../../golden/compare.ts';
import { GOLDEN_FOLDER, REFERENCE_FOLDER } from '../../golden/folder.ts';
import { itWithGolden } from '../../golden/tests.ts';
import { plainSampling } from '../../plan/sampling.ts';
import { frameOf } from '../pipelines/plans.ts';
import { createDiffusersScheduler, DiffusersConfig } from './diffusers.ts';
import { type Model, noNoise, runScheduler } from './runs.ts';

const START = Float32Array.of(0.3, -1.2, 0.7, 2);

const drawn = (): NoiseSource => {
  const noise = new FrameNoise({ generator: 'cpu', seeds: [3], shape: { channels: 1, height: 1, width: 4 } });
  return () => noise.next();
};

/**
 * A model that knows the clean sample: every prediction is exactly the noise that is left. Its input is
 * variance-preserving: √ᾱ·clean + √(1 − ᾱ)·ε.
 */
function knowing(clean: Float32Array, betas = MOTION_BETAS): Model {
  const table = new SigmaTable(alphasCumprod(betas));
  return (input, timestep) => {
    const sigma = table.sigmaAt(timestep);
    const scale = Math.hypot(1, sigma);
    const guided = input.map((value, k) => (value * scale - clean[k]!) / sigma);
    return { guided, negative: guided };
  };
}

/** Of the clean sample's estimate, and of the result. */
function runTowards(clean: Float32Array, scheduler: Scheduler, noise: NoiseSource, first = 0, betas = MOTION_BETAS) {
  return runScheduler(scheduler, scheduler.addNoise(clean, START, first), knowing(clean, betas), noise, first);
}

/** LCM is apart: it knows only 50 noise levels, and mixes in a little of the sample. */
const kSamplers = SAMPLERS.filter((name) => samplerFacts(name).schedule !== null && name !== 'LCM');

describe('createSampler', () => {
  const clean = Float32Array.of(1, -2, 0.5, 0);
  const close = (sample: Float32Array, digits: number) =>
    sample.forEach((value, k) => {
      expect(value).toBeCloseTo(clean[k]!, digits);
    });

  // Those that do not end with sigma 0 are tested below.
  const toZero = SigmaSchedule.options.filter((schedule) => schedule !== 'kl_optimal');
  it.each(kSamplers.flatMap((sampler) => toZero.map((schedule) => ({ sampler, schedule }))))(
    '$sampler $schedule arrives at the clean sample, from wherever the run begins',
    ({ sampler, schedule }) => {
      for (const steps of [1, 2, 7, 20, 40]) {
        const scheduler = createSampler({ sampler, schedule, steps }, MOTION_BETAS);
        const made = samplingSteps({ sampler, schedule, steps });
        // These schedules have noise levels below the model's lowest one: the model takes them for that one.
        const isBelow = schedule === 'align_your_steps' || (sampler === 'Restart' && schedule !== 'karras');
        const digits = isBelow ? 1 : 3;
        for (const first of [0, made - 1]) {
          const { final, results } = runTowards(clean, scheduler, drawn(), first);
          close(final, digits);
          expect(results).toHaveLength(made - first);
        }
      }
    },
  );

  it.each(SAMPLERS)('%s estimates the clean sample at each step', (sampler) => {
    // These are all timesteps that LCM knows.
    const isLcm = sampler === 'LCM';
    const choice = { sampler, schedule: isLcm ? 'uniform' : 'karras', steps: isLcm ? 50 : 9 } as const;
    const scheduler = createSampler(choice, MOTION_BETAS);
    const { results } = runTowards(clean, scheduler, drawn());
    for (const result of results) close(result.clean(), isLcm ? 2 : 3);
  });

  const leaves: readonly (readonly [Sampler, number, number])[] = [
    ['DDIM', 1, 19],
    ['DDIM CFG++', 1, 19],
    ['PLMS', 1, 19],
    ['UniPC', 0, 20],
    ['DPM fast', 0, 7],
    ['DPM adaptive', 0, 0],
  ];
  it.each(leaves)('%s leaves the noise of timestep %d, as A1111 does', (sampler, timestep, steps) => {
    const scheduler = createSampler({ sampler, schedule: 'uniform', steps: 20, parameters: { eta: 0 } }, SD15_BETAS);
    const { final, results } = runTowards(clean, scheduler, noNoise, 0, SD15_BETAS);
    if (steps > 0) expect(results).toHaveLength(steps);
    const sigma = new SigmaTable(alphasCumprod(SD15_BETAS)).sigmas[timestep]!;
    const signal = scheduler.initNoiseSigma === 1 ? 1 / Math.hypot(1, sigma) : 1;
    final.forEach((value, k) => {
      expect(value).toBeCloseTo(signal * (clean[k]! + sigma * START[k]!), 4);
    });
  });

  it.each(kSamplers)('%s leaves the smallest noise with the KL optimal schedule, as A1111 does', (sampler) => {
    // Below 20 steps, Restart uses the schedule as it is.
    const choice = { sampler, schedule: 'kl_optimal', steps: 12 } as const;
    const { sigmas } = sigmaSteps(choice, MOTION_BETAS);
    const { final } = runTowards(clean, createSampler(choice, MOTION_BETAS), drawn());
    const left = Math.hypot(...final.map((value, k) => value - clean[k]!));
    expect(left).toBeGreaterThan(0.1 * sigmas.at(-1)!);
    expect(left).toBeLessThan(4 * Math.hypot(...START) * sigmas.at(-1)!);
  });

  it('scales the UNet’s inputs to unit variance', () => {
    const inputs = (sampler: Sampler) => {
      const scheduler = createSampler({ sampler, schedule: 'uniform', steps: 5 }, SD15_BETAS);
      const seen: number[] = [];
      const model: Model = (input) => {
        seen.push(input[0]!);
        return { guided: new Float32Array(1) };
      };
      runScheduler(scheduler, Float32Array.of(scheduler.initNoiseSigma), model);
      return seen;
    };
    const sigma = createSampler({ sampler: 'Euler', schedule: 'uniform', steps: 5 }, SD15_BETAS).initNoiseSigma;
    expect(inputs('Euler')[0]).toBeCloseTo(sigma / Math.hypot(sigma, 1), 6);
    expect(inputs('DDIM')[0]).toBe(1);
  });

  const draws = (sampler: Sampler, parameters: Parameters<typeof createSampler>[0]['parameters'] = {}) => {
    let count = 0;
    const noise = () => {
      count++;
      return new Float32Array(4);
    };
    const schedule = samplerFacts(sampler).schedule ?? 'uniform';
    runTowards(clean, createSampler({ sampler, schedule, steps: 21, parameters }, MOTION_BETAS), noise);
    return count;
  };

  it('draws noise as the table of samplers says', () => {
    for (const sampler of SAMPLERS) {
      const { noise } = samplerFacts(sampler);
      const [none, some, churned] = [
        draws(sampler, { eta: 0 }),
        draws(sampler, { eta: 1 }),
        draws(sampler, { s_churn: 5 }),
      ];
      const expected = {
        never: [false, false, false],
        always: [true, true, true],
        eta: [false, true, sampler !== 'DDIM' && sampler !== 'DDIM CFG++'],
        s_churn: [false, false, true],
        brownian: [false, true, true],
      }[noise];
      expect([sampler, none > 0, some > 0, churned > 0]).toEqual([sampler, ...expected]);
    }
    // No noise is drawn for the step to sigma 0.
    expect([draws('Euler a'), draws('LCM'), draws('DPM++ SDE'), draws('Restart')]).toEqual([20, 20, 40, 1]);
  });

  it('uses the parameters that the table of samplers lists, and no others', () => {
    const final = (sampler: Sampler, parameters: object) => {
      const schedule = samplerFacts(sampler).schedule ?? 'uniform';
      const scheduler = createSampler({ sampler, schedule, steps: 6, parameters }, MOTION_BETAS);
      const model: Model = (input) => {
        const guided = input.map(Math.sin);
        return { guided, negative: guided };
      };
      return [...runScheduler(scheduler, Float32Array.of(9, -3, 1, 0.2), model, drawn()).final];
    };
    const values = {
      eta: { eta: 0.4 },
      s_churn: { s_churn: 3 },
      s_tmin: { s_churn: 3, s_tmin: 5 },
      s_tmax: { s_churn: 3, s_tmax: 5 },
      s_noise: { s_churn: 3, s_noise: 1.1 },
    };
    for (const sampler of SAMPLERS) {
      const plain = final(sampler, {});
      const churned = final(sampler, { s_churn: 3 });
      const changing = Object.entries(values).flatMap(([name, parameters]) => {
        const base = 's_churn' in parameters && name !== 's_churn' ? churned : plain;
        return `${final(sampler, parameters)}` === `${base}` ? [] : [name];
      });
      expect([sampler, changing.sort()]).toEqual([sampler, [...samplerFacts(sampler).parameters].sort()]);
    }
  });

  it('depends on nothing but the arguments of a step, so a run can be continued anywhere', () => {
    const model: Model = (input, timestep) => {
      const guided = input.map((value, k) => Math.sin(value * 2 + k) * Math.cos(timestep / 300));
      return { guided, negative: guided.map((value) => value / 2) };
    };
    for (const sampler of SAMPLERS) {
      const schedule = samplerFacts(sampler).schedule ?? 'uniform';
      const choice = { sampler, schedule, steps: 22 };
      // Noise that depends on nothing but the step.
      const noise: NoiseSource = (from, to) => Float32Array.of(from, to, from - to, 1).map(Math.sin);
      const whole = createSampler(choice, MOTION_BETAS);
      const { results, final } = runScheduler(whole, START, model, noise);
      for (const [at, { sample, memory }] of results.slice(0, -1).entries()) {
        const other = createSampler(choice, MOTION_BETAS);
        const step = other.step(at + 1, sample, structuredClone(memory), noise);
        let next = step.next();
        while (!next.done) next = step.next(model(next.value.input, next.value.timestep, 0));
        expect([sampler, at, [...next.value.sample]]).toEqual([sampler, at, [...results[at + 1]!.sample]]);
      }
      expect([...runScheduler(whole, START, model, noise).final]).toEqual([...final]);
    }
  });

  it('converges to the exact solution as steps get shorter, with the order of the method', () => {
    // For a clean sample of unit variance, the best prediction is input·√(1 − ᾱ), and the exact solution known.
    const table = new SigmaTable(alphasCumprod(SD15_BETAS));
    const model: Model = (input, timestep) => {
      const sigma = table.sigmaAt(timestep);
      return { guided: input.map((value) => (value * sigma) / Math.hypot(1, sigma)) };
    };
    const error = (sampler: Sampler, steps: number) => {
      const choice = { sampler, schedule: 'karras', steps, parameters: { eta: 0 } } as const;
      const scheduler = createSampler(choice, SD15_BETAS);
      const { results } = runScheduler(
        scheduler,
        Float32Array.of(scheduler.initNoiseSigma),
        model,
        () => new Float32Array(1),
      );
      // Before the step to sigma 0, which is of first order for all of them.
      const { sigmas } = sigmaSteps(choice, SD15_BETAS);
      const exact =
        (scheduler.initNoiseSigma * Math.hypot(1, sigmas.at(-2)!)) / Math.hypot(1, scheduler.initNoiseSigma);
      return Math.abs(results.at(-2)!.sample[0]! / exact - 1);
    };
    const first = ['Euler', 'Euler a'] as const;
    const higher = [
      'Heun',
      'LMS',
      'DPM2',
      'DPM2 a',
      'DPM++ 2S a',
      'DPM++ 2M',
      'DPM++ SDE',
      'DPM++ 2M SDE',
      'DPM++ 2M SDE Heun',
      'DPM++ 3M SDE',
    ] as const;
    for (const sampler of first)
      expect([sampler, error(sampler, 80) / error(sampler, 160) > 1.9]).toEqual([sampler, true]);
    for (const sampler of higher) {
      expect([sampler, error(sampler, 80) / error(sampler, 160) > 3.5]).toEqual([sampler, true]);
      expect([sampler, error(sampler, 80) < error('Euler', 80) / 5]).toEqual([sampler, true]);
    }
  });

  it('rejects a prediction of another length than the sample', () => {
    for (const sampler of SAMPLERS) {
      const scheduler = createSampler({ sampler, schedule: 'uniform', steps: 4 }, MOTION_BETAS);
      const wrong: Model = () => ({ guided: new Float32Array(3), negative: new Float32Array(3) });
      expect(() => runScheduler(scheduler, new Float32Array(4), wrong, () => new Float32Array(4))).toThrow(
        /tensors of . and . values/,
      );
    }
  });

  it('reports the range of steps', () => {
    const of = (sampler: Sampler, steps: number) => () =>
      createSampler({ sampler, schedule: 'uniform', steps }, SD15_BETAS);
    for (const sampler of ['DDIM', 'DDIM CFG++', 'PLMS'] as const) {
      expect(of(sampler, 1)).toThrow(/1 steps.*from 2 to 1000/);
      expect(of(sampler, 1001)).toThrow(/1001 steps/);
    }
    expect(of('UniPC', 2)).toThrow(/2 steps.*3 or more/);
    expect(a1111Timesteps(1000).slice(-2)).toEqual([999, 999]);
  });

  it('falls in timestep and in sigma, for any number of steps', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 150 }),
        fc.constantFrom(...SigmaSchedule.options),
        fc.constantFrom<Sampler>('Euler', 'DPM2'),
        fc.constantFrom(MOTION_BETAS, SD15_BETAS),
        (steps, schedule, sampler, betas) => {
          const { sigmas, timestepOf } = sigmaSteps({ sampler, schedule, steps }, betas);
          expect(sigmas).toHaveLength(samplingSteps({ sampler, schedule, steps }) + 1);
          if (schedule !== 'kl_optimal') expect(sigmas.at(-1)).toBe(0);
          const timesteps = sigmas.slice(0, -1).map(timestepOf);
          for (let i = 1; i < sigmas.length; i++) expect(sigmas[i]).toBeLessThan(sigmas[i - 1]!);
          for (let i = 1; i < timesteps.length; i++) expect(timesteps[i]).toBeLessThanOrEqual(timesteps[i - 1]!);
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
    const choice = { sampler: samplerName, schedule, steps: settings.steps } as const;
    const nothing: Model = (input) => ({ guided: new Float32Array(input.length) });
    const scheduler = createSampler(choice, MOTION_BETAS);
    const { timesteps } = runScheduler(scheduler, new Float32Array(1), nothing, () => new Float32Array(1));
    expect(timesteps).toHaveLength(model_timesteps.length);
    timesteps.forEach((timestep, i) => {
      expect(Math.abs(timestep - model_timesteps[i]!)).toBeLessThan(0.02);
    });

    const [frames, ...frameShape] = golden.tensor('noise0').dims;
    const frameSize = frameShape.reduce((a, b) => a * b);
    const plan = {
      sampling: plainSampling({ ...choice, seed: settings.seed }),
      frames: Array.from({ length: frames! }, (_, i) => frameOf(i)),
      height: frameShape[1]! * 8,
      width: frameShape[2]! * 8,
    };
    const noise = runNoise(plan, MOTION_BETAS);
    const outputs: Record<string, ArrayLike<number>> = { noise0: noise.initial };
    if (golden.has('noise1_frame0')) outputs.noise1_frame0 = noise.between(1, 0).subarray(0, frameSize);
    if (golden.has('sigmas')) outputs.sigmas = sigmaSteps(choice, MOTION_BETAS).sigmas;
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
  const table = new SigmaTable(alphasCumprod(MOTION_BETAS));

  it('finds the timestep of a sigma again', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 999, noNaN: true }), (timestep) => {
        expect(table.timestepOf(table.sigmaAt(timestep))).toBeCloseTo(timestep, 3);
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
