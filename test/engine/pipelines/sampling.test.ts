import { describe, expect, it } from 'vitest';
import type { RunNoise } from '../../../engine/pipelines/run-noise.ts';
import { type SamplingRequest, sampleLatents } from '../../../engine/pipelines/sampling.ts';
import type { SamplingState } from '../../../engine/pipelines/sampling-state.ts';
import { createSampler } from '../../../engine/schedulers/a1111.ts';
import { MOTION_BETAS } from '../../../engine/schedulers/betas.ts';
import { SAMPLERS, samplerFacts } from '../../../plan/samplers.ts';

/** Noise that differs from draw to draw. */
function noiseOf(): RunNoise & { readonly draws: () => number } {
  let draws = 0;
  const at = (draw: number) => Float32Array.from({ length: 8 }, (_, i) => Math.sin(i + 1 + 9 * draw));
  return {
    fading: null,
    initial: at(0),
    between: () => at(++draws),
    skip: (count) => {
      draws += count;
    },
    draws: () => draws,
  };
}

const scheduler = createSampler({ sampler: 'Euler', schedule: 'uniform', steps: 4 }, MOTION_BETAS);
const request = { scheduler, frames: 4, fuse: 'flat' as const };
const whole = [[0, 1, 2, 3]];

type Predict = SamplingRequest['predict'];
const predicting =
  (of: (value: number) => number): Predict =>
  async (_, { input }) => ({ guided: input.map(of), negative: input.map((value) => of(value) / 2) });

describe('sampleLatents', () => {
  it('has the same result with one or several windows if frames are independent', async () => {
    const predict = predicting((value) => value * 0.1);
    for (const sampler of ['Euler', 'DDIM CFG++'] as const) {
      const of = createSampler({ sampler, schedule: 'uniform', steps: 4 }, MOTION_BETAS);
      const all = { ...request, scheduler: of, predict };
      const { latents: one } = await sampleLatents({ ...all, noise: noiseOf(), windowsAt: () => whole });
      const { latents: parts } = await sampleLatents({
        ...all,
        noise: noiseOf(),
        windowsAt: () => [
          [3, 0],
          [1, 2],
          [2, 3],
        ],
      });
      expect([...parts]).toEqual([...one]);
    }
  });

  it('shows each window its own frames, in its order', async () => {
    const seen: number[][] = [];
    const { initial } = noiseOf();
    await sampleLatents({
      ...request,
      noise: noiseOf(),
      windowsAt: () => [
        [2, 3],
        [0, 1],
      ],
      predict: async (positions, { input }, { call }) => {
        if (call === 0) seen.push([...positions, ...input.map((value) => Math.round(value * 1000))]);
        return { guided: new Float32Array(input.length) };
      },
    });
    const sigma = scheduler.initNoiseSigma;
    const rounded = [...initial].map((value) => Math.round((value * sigma * 1000) / Math.hypot(sigma, 1)));
    expect(seen).toEqual([
      [2, 3, ...rounded.slice(4)],
      [0, 1, ...rounded.slice(0, 4)],
    ]);
  });

  it('fails in the step whose latents are not finite, and saves nothing of it', async () => {
    const states: number[] = [];
    const run = sampleLatents({
      ...request,
      noise: noiseOf(),
      windowsAt: () => whole,
      predict: async (_, { input }, { call }) => ({ guided: input.map(() => (call === 2 ? 3e38 : 0)) }),
      onStep: async ({ steps }) => void states.push(steps),
    });
    await expect(run).rejects.toThrow(/^The latents became NaN or infinite in step 3,.*cfg_scale/);
    expect(states).toEqual([1, 2]);
  });

  it('counts steps and model calls apart', async () => {
    const places: number[][] = [];
    const rows: number[] = [];
    const heun = createSampler({ sampler: 'Heun', schedule: 'uniform', steps: 3 }, MOTION_BETAS);
    await sampleLatents({
      ...request,
      scheduler: heun,
      noise: noiseOf(),
      windowsAt: (call) => {
        rows.push(call);
        return whole;
      },
      predict: predicting(Math.sin),
      onWindow: async ({ step, call }) => void places.push([step, call]),
    });
    expect(places).toEqual([
      [0, 0],
      [0, 1],
      [1, 2],
      [1, 3],
      [2, 4],
    ]);
    expect(rows).toEqual([0, 1, 2, 3, 4]);
  });

  it('rejects windows that do not cover a frame', async () => {
    const run = sampleLatents({
      ...request,
      noise: noiseOf(),
      predict: predicting((value) => value),
      windowsAt: () => [[0, 1, 2]],
    });
    await expect(run).rejects.toThrow('frame 3');
  });

  it.each(SAMPLERS)('continues a run with %s from the saved state after any step', async (sampler) => {
    const schedule = samplerFacts(sampler).schedule ?? 'uniform';
    const of = createSampler({ sampler, schedule, steps: 8 }, MOTION_BETAS);
    const states: SamplingState[] = [];
    const seen: number[] = [];
    const all = {
      ...request,
      scheduler: of,
      windowsAt: () => whole,
      predict: predicting((value) => Math.sin(value * 3)),
    };
    const noise = noiseOf();
    const { latents } = await sampleLatents({
      ...all,
      noise,
      onStep: async (state) => void states.push(structuredClone(state)),
      onWindow: async ({ call }) => void seen.push(call),
    });
    for (const [step, resumeFrom] of states.entries()) {
      const calls: number[] = [];
      const again = noiseOf();
      const rest = await sampleLatents({
        ...all,
        noise: again,
        resumeFrom,
        onWindow: async ({ call }) => void calls.push(call),
      });
      expect([step, ...rest.latents]).toEqual([step, ...latents]);
      expect(calls).toEqual(seen.slice(resumeFrom.calls));
      expect(again.draws()).toBe(noise.draws());
    }
  });

  it('ends early with the clean latents that its last prediction implies', async () => {
    const seen: Float32Array[] = [];
    const onStep = async (_: unknown, clean: () => Float32Array) => void seen.push(clean());
    const all = { ...request, windowsAt: () => whole, onStep, predict: predicting((value) => Math.sin(value * 3)) };
    const run = (endsAfter: (steps: number) => boolean) => sampleLatents({ ...all, noise: noiseOf(), endsAfter });
    const complete = await run(() => false);
    expect(complete).toMatchObject({ steps: 4, isWhole: true });
    // Nothing is left to estimate after the last step.
    expect([...complete.latents]).toEqual([...seen[3]!]);
    const part = await run((steps) => steps === 2);
    expect(part).toEqual({ latents: seen[1], steps: 2, isWhole: false });
    expect([...part.latents]).not.toEqual([...complete.latents]);
    await expect(run((steps) => steps === 4)).resolves.toEqual(complete);
  });

  it('stops when the caller throws between windows', async () => {
    let windows = 0;
    const run = sampleLatents({
      ...request,
      noise: noiseOf(),
      predict: predicting((value) => value),
      windowsAt: () => [
        [0, 1],
        [2, 3],
      ],
      onWindow: async () => {
        windows++;
        if (windows === 3) throw new Error('stop');
      },
    });
    await expect(run).rejects.toThrow('stop');
    expect(windows).toBe(3);
  });
});
