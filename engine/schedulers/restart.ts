import { smallest } from '../../plan/extremes.ts';
import { HeunScheduler } from './heun.ts';
import type { SamplerParameters, SigmaSteps } from './k-diffusion.ts';
import { combine, type Memory, type NoiseSource, type Step } from './scheduler.ts';
import { karrasSigmas } from './sigmas.ts';

/** A run goes back from about this noise level up to the other one. */
const RESTART_FROM = 0.1;
const RESTART_AT = 2;

/**
 * Restart sampling, Xu et al. 2023, "Restart Sampling for Improving Generative Processes", with Heun's method: A1111's
 * `restart_sampler` (sd_samplers_extra.py). From 20 steps on, a part of the steps is made again, once or twice, with
 * new noise.
 */
export class RestartScheduler extends HeunScheduler {
  override readonly steps: number;
  readonly #steps: readonly (readonly [from: number, to: number])[];

  constructor(steps: SigmaSteps, parameters?: SamplerParameters) {
    super(steps, parameters);
    this.#steps = restartSteps(steps.sigmas);
    this.steps = this.#steps.length;
  }

  override *step(i: number, before: Float32Array, _memory: Memory, noise: NoiseSource): Step {
    const [from, to] = this.#steps[i]!;
    const reached = this.#steps[i - 1]?.[1] ?? from;
    const sample =
      reached < from ? combine(1, before, Math.sqrt(from ** 2 - reached ** 2), noise(reached, from)) : before;
    return yield* this.heunStep(sample, from, to);
  }

  override addNoise(clean: Float32Array, noise: Float32Array, i: number): Float32Array {
    return combine(1, clean, this.#steps[i]![0], noise);
  }
}

/** Start and end of each step. @param given the schedule's; replaced by Karras' if the run is long enough to restart */
export function restartSteps(given: readonly number[]): (readonly [number, number])[] {
  const count = given.length - 1;
  const pairs = (sigmas: readonly number[]) => sigmas.slice(1).map((to, i) => [sigmas[i]!, to] as const);
  if (count < 20) return pairs(given);
  const [again, times] = count >= 36 ? [Math.floor(count / 4), 2] : [9, 1];
  const sigmas = [...karrasSigmas(given.at(-2)!, given[0]!, count - again * times), 0];
  const [low, high] = [nearest(sigmas, RESTART_FROM), nearest(sigmas, RESTART_AT)];
  if (high >= low) return pairs(sigmas);
  const restart = pairs(karrasSigmas(sigmas[low]!, sigmas[high]!, again + 1));
  return [
    ...pairs(sigmas.slice(0, low + 1)),
    ...Array.from({ length: times }, () => restart).flat(),
    ...pairs(sigmas.slice(low)),
  ];
}

function nearest(sigmas: readonly number[], sigma: number): number {
  const distances = sigmas.map((each) => Math.abs(each - sigma));
  return distances.indexOf(smallest(distances));
}
