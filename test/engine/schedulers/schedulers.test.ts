import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSampler, sigmaSteps } from '../../../engine/schedulers/a1111.ts';
import { alphasCumprod, MOTION_BETAS, SD15_BETAS } from '../../../engine/schedulers/betas.ts';
import type { NoiseSource } from '../../../engine/schedulers/scheduler.ts';
import { SigmaTable } from '../../../engine/schedulers/sigmas.ts';
import { a1111Timesteps } from '../../../engine/schedulers/timesteps.ts';
import { SAMPLERS, type Sampler, SigmaSchedule, samplerFacts } from '../../../plan/samplers.ts';
import { samplingSteps } from '../../../plan/steps.ts';
import { drawn, type Model, noNoise, runScheduler, runTowards, START } from './runs.ts';

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
