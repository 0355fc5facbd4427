import type { SigmaSteps } from './euler.ts';
import { combine, type Scheduler, scaleExploding } from './scheduler.ts';

/**
 * DPM-Solver++(2M), Lu et al. 2022, algorithm 2: k-diffusion's `sample_dpmpp_2m`, diffusers'
 * DPMSolverMultistepScheduler (order 2, midpoint). The first step of a run and the step to sigma 0 are of first order.
 */
export class DpmSolverMultistepScheduler implements Scheduler {
  readonly timesteps: readonly number[];
  readonly initNoiseSigma: number;
  readonly #sigmas: readonly number[];
  /** The previous step's estimate of the clean sample. */
  #previous: { readonly i: number; readonly clean: Float32Array } | undefined;

  constructor({ timesteps, sigmas, initNoiseSigma }: SigmaSteps) {
    this.timesteps = timesteps;
    this.initNoiseSigma = initNoiseSigma;
    this.#sigmas = sigmas;
  }

  scaleModelInput(sample: Float32Array, i: number): Float32Array {
    return scaleExploding(sample, this.#sigmas[i]!);
  }

  step(epsilon: Float32Array, i: number, sample: Float32Array): Float32Array {
    const [before, now, after] = [this.#sigmas[i - 1]!, this.#sigmas[i]!, this.#sigmas[i + 1]!];
    const clean = this.clean(epsilon, i, sample);
    const previous = this.#previous?.i === i - 1 ? this.#previous.clean : undefined;
    this.#previous = { i, clean };

    // λ = −ln sigma; e^−h = sigma after ÷ sigma now, which is 0 at the end, when h is infinite.
    const decay = after / now;
    let target = clean;
    if (previous && after > 0) {
      const half = Math.log(now / after) / Math.log(before / now) / 2;
      target = combine(1 + half, clean, -half, previous);
    }
    return combine(decay, sample, 1 - decay, target);
  }

  clean(epsilon: Float32Array, i: number, sample: Float32Array): Float32Array {
    return combine(1, sample, -this.#sigmas[i]!, epsilon);
  }

  history(): readonly Float32Array[] {
    return this.#previous ? [this.#previous.clean] : [];
  }

  resume(i: number, [clean]: readonly Float32Array[]): void {
    this.#previous = clean && { i: i - 1, clean };
  }

  addNoise(clean: Float32Array, noise: Float32Array, i: number): Float32Array {
    return combine(1, clean, this.#sigmas[i]!, noise);
  }
}
