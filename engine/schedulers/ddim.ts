import { combine, type NoiseSource, type Scheduler } from './scheduler.ts';

export interface DdimStep {
  readonly timestep: number;
  /** ᾱ at the start and at the end of the step. */
  readonly alpha: number;
  readonly alphaNext: number;
}

/**
 * Song et al. 2020, "Denoising Diffusion Implicit Models", equation 12: as diffusers' DDIMScheduler without clipping
 * and as A1111's `ddim` (sd_samplers_timesteps_impl.py).
 */
export class DdimScheduler implements Scheduler {
  readonly timesteps: readonly number[];
  readonly initNoiseSigma = 1;
  readonly #steps: readonly DdimStep[];
  readonly #eta: number;

  /** @param eta 0: deterministic; 1: as much new noise as DDPM */
  constructor(steps: readonly DdimStep[], eta = 0) {
    this.timesteps = steps.map(({ timestep }) => timestep);
    this.#steps = steps;
    this.#eta = eta;
  }

  scaleModelInput(sample: Float32Array): Float32Array {
    return sample;
  }

  step(epsilon: Float32Array, i: number, sample: Float32Array, noise: NoiseSource): Float32Array {
    const { alpha, alphaNext } = this.#steps[i]!;
    const variance = ((1 - alphaNext) / (1 - alpha)) * (1 - alpha / alphaNext);
    const sigma = this.#eta * Math.sqrt(variance);
    // The clean sample is (sample − √(1 − ᾱ)·ε) ÷ √ᾱ; both terms are folded into the two factors.
    const keep = Math.sqrt(alphaNext / alpha);
    const direction = Math.sqrt(1 - alphaNext - sigma * sigma) - keep * Math.sqrt(1 - alpha);
    const next = combine(keep, sample, direction, epsilon);
    return sigma > 0 ? combine(1, next, sigma, noise()) : next;
  }

  clean(epsilon: Float32Array, i: number, sample: Float32Array): Float32Array {
    const { alpha } = this.#steps[i]!;
    return combine(1 / Math.sqrt(alpha), sample, -Math.sqrt((1 - alpha) / alpha), epsilon);
  }

  addNoise(clean: Float32Array, noise: Float32Array, i: number): Float32Array {
    const { alpha } = this.#steps[i]!;
    return combine(Math.sqrt(alpha), clean, Math.sqrt(1 - alpha), noise);
  }
}
