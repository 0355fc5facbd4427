import { combine, type NoiseSource, type Scheduler, scaleExploding } from './scheduler.ts';

/** The timesteps of a run, and its sigmas: one more than timesteps, the last being 0. */
export interface SigmaSteps {
  readonly timesteps: readonly number[];
  readonly sigmas: readonly number[];
  readonly initNoiseSigma: number;
}

/**
 * Euler's method on dx/dsigma = ε; Karras et al. 2022, algorithm 2 without churn: k-diffusion's `sample_euler`,
 * diffusers' EulerDiscreteScheduler.
 */
export class EulerScheduler implements Scheduler {
  readonly timesteps: readonly number[];
  readonly initNoiseSigma: number;
  protected readonly sigmas: readonly number[];

  constructor({ timesteps, sigmas, initNoiseSigma }: SigmaSteps) {
    this.timesteps = timesteps;
    this.initNoiseSigma = initNoiseSigma;
    this.sigmas = sigmas;
  }

  scaleModelInput(sample: Float32Array, i: number): Float32Array {
    return scaleExploding(sample, this.sigmas[i]!);
  }

  step(epsilon: Float32Array, i: number, sample: Float32Array, _noise: NoiseSource): Float32Array {
    return combine(1, sample, this.sigmas[i + 1]! - this.sigmas[i]!, epsilon);
  }

  clean(epsilon: Float32Array, i: number, sample: Float32Array): Float32Array {
    return combine(1, sample, -this.sigmas[i]!, epsilon);
  }

  addNoise(clean: Float32Array, noise: Float32Array, i: number): Float32Array {
    return combine(1, clean, this.sigmas[i]!, noise);
  }
}
