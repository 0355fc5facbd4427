import type { SigmaSteps } from './euler.ts';
import {
  combine,
  explodingLevel,
  type NoiseLevel,
  preservingLevel,
  type Scheduler,
  scaleExploding,
} from './scheduler.ts';

/**
 * DPM-Solver++(2M), Lu et al. 2022, algorithm 2: k-diffusion's `sample_dpmpp_2m` on variance-exploding samples and
 * diffusers' DPMSolverMultistepScheduler (order 2, midpoint) on variance-preserving ones. The first step of a run and
 * the one to sigma 0 are of first order.
 */
export class DpmSolverMultistepScheduler implements Scheduler {
  readonly timesteps: readonly number[];
  readonly initNoiseSigma: number;
  readonly #sigmas: readonly number[];
  readonly #samples: 'exploding' | 'preserving';
  readonly #levels: readonly NoiseLevel[];
  /** The previous step's estimate of the clean sample. */
  #previous: { readonly i: number; readonly clean: Float32Array } | undefined;

  constructor({ timesteps, sigmas, initNoiseSigma }: SigmaSteps, samples: 'exploding' | 'preserving') {
    this.timesteps = timesteps;
    this.initNoiseSigma = initNoiseSigma;
    this.#sigmas = sigmas;
    this.#samples = samples;
    this.#levels = sigmas.map(samples === 'exploding' ? explodingLevel : preservingLevel);
  }

  scaleModelInput(sample: Float32Array, i: number): Float32Array {
    // A variance-preserving sample has unit variance already.
    return this.#samples === 'exploding' ? scaleExploding(sample, this.#sigmas[i]!) : sample;
  }

  step(epsilon: Float32Array, i: number, sample: Float32Array): Float32Array {
    const from = this.#levels[i]!;
    const to = this.#levels[i + 1]!;
    const clean = combine(1 / from.signal, sample, -from.noise / from.signal, epsilon);
    const previous = this.#previous?.i === i - 1 ? this.#previous.clean : undefined;
    this.#previous = { i, clean };

    const [before, now, after] = [this.#sigmas[i - 1]!, this.#sigmas[i]!, this.#sigmas[i + 1]!];
    // λ = −ln sigma; e^−h = sigma after ÷ sigma now, which is 0 at the end, when h is infinite.
    const decay = after / now;
    let target = clean;
    if (previous && after > 0) {
      const half = Math.log(now / after) / Math.log(before / now) / 2;
      target = combine(1 + half, clean, -half, previous);
    }
    return combine(to.noise / from.noise, sample, to.signal * (1 - decay), target);
  }

  addNoise(clean: Float32Array, noise: Float32Array, i: number): Float32Array {
    const { signal, noise: scale } = this.#levels[i]!;
    return combine(signal, clean, scale, noise);
  }
}
