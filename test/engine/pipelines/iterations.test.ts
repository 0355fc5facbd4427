import { describe, expect, it } from 'vitest';
import { type IterationsRequest, sampleIterations } from '../../../engine/pipelines/iterations.ts';
import type { RunNoise } from '../../../engine/pipelines/run-noise.ts';
import { sampleLatents } from '../../../engine/pipelines/sampling.ts';
import { SamplingState } from '../../../engine/pipelines/sampling-state.ts';
import { createSampler } from '../../../engine/schedulers/a1111.ts';
import { MOTION_BETAS } from '../../../engine/schedulers/betas.ts';
import type { Sampler } from '../../../plan/samplers.ts';

const STEPS = 4;
const ITERATIONS = 3;

/** Noise that differs from draw to draw, over all iterations. */
function noiseOf(): RunNoise {
  let draws = 0;
  const at = (draw: number) => Float32Array.from({ length: 8 }, (_, i) => Math.sin(i + 1 + 9 * draw));
  return {
    fading: null,
    initial: at(0),
    between: () => at(++draws),
    skip: (count) => {
      draws += count;
    },
  };
}

const renewed = (clean: Float32Array) => clean.map((value) => value / 2 + 0.1);

function requestOf(sampler: Sampler): IterationsRequest {
  return {
    scheduler: createSampler({ sampler, schedule: 'uniform', steps: STEPS }, MOTION_BETAS),
    noise: noiseOf(),
    frames: 4,
    fuse: 'flat',
    windowsAt: () => [[0, 1, 2, 3]],
    predict: async (_, { input }, { call }) => ({ guided: input.map((value) => value * 0.1 + call * 0.01) }),
    iterations: ITERATIONS,
    renewed,
  };
}

describe('sampleIterations', () => {
  it('samples again from the renewed noise, and counts the steps of all iterations', async () => {
    const steps: number[] = [];
    const request = { ...requestOf('Euler'), onWindow: async ({ step }: { step: number }) => void steps.push(step) };
    const result = await sampleIterations(request);
    let noise = noiseOf();
    let latents = noise.initial;
    for (let i = 0; i < ITERATIONS; i++) {
      latents = (await sampleLatents({ ...requestOf('Euler'), noise })).latents;
      noise = { ...noise, initial: renewed(latents) };
    }
    expect(result).toEqual({ latents, steps: ITERATIONS * STEPS, isWhole: true });
    expect(steps).toEqual(Array.from({ length: ITERATIONS * STEPS }, (_, step) => step));
  });

  it.each(['Euler', 'Euler a', 'DPM++ 2M', 'Heun', 'DPM adaptive'] as const)(
    'with %s, goes on after any step as if it had not been stopped',
    async (sampler) => {
      const states: SamplingState[] = [];
      const { latents, steps } = await sampleIterations({
        ...requestOf(sampler),
        onStep: async (state) => void states.push(structuredClone(state)),
      });
      expect(states).toHaveLength(steps);
      expect(new Set(states.map(({ earlier }) => earlier?.iterations))).toEqual(new Set([undefined, 1, 2]));
      for (const state of states) {
        const resumeFrom = SamplingState.parse(state);
        expect((await sampleIterations({ ...requestOf(sampler), resumeFrom })).latents).toEqual(latents);
      }
    },
  );

  it('does not draw the same noise again in the next iteration', async () => {
    const drawn: Float32Array[] = [];
    const noise = noiseOf();
    const between = (from: number, to: number) => {
      drawn.push(noise.between(from, to));
      return drawn.at(-1)!;
    };
    await sampleIterations({ ...requestOf('Euler a'), noise: { ...noise, between } });
    expect(new Set(drawn.map(String)).size).toBe(drawn.length);
    expect(drawn.length).toBeGreaterThan(STEPS);
  });

  it.each([1, STEPS, STEPS + 1, 2 * STEPS])('ends after step %i if it is told to', async (last) => {
    const asked: number[] = [];
    const endsAfter = (made: number) => {
      asked.push(made);
      return made === last;
    };
    const { steps, isWhole } = await sampleIterations({ ...requestOf('Euler'), endsAfter });
    expect([steps, isWhole]).toEqual([last, false]);
    expect(asked.at(-1)).toBe(last);
  });

  it('holds frames with the noise of the iteration', async () => {
    const noises: Float32Array[] = [];
    const heldWith = (noise: Float32Array) => {
      noises.push(noise);
      return null;
    };
    await sampleIterations({ ...requestOf('Euler'), heldWith });
    expect(noises).toHaveLength(ITERATIONS);
    expect(noises[0]).toEqual(noiseOf().initial);
    expect(new Set(noises.map(String)).size).toBe(ITERATIONS);
  });
});
