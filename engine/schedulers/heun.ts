import { SigmaScheduler } from './k-diffusion.ts';
import { combine, linear, type Memory, NO_MEMORY, type NoiseSource, type Step } from './scheduler.ts';

/** Heun's method, of second order: Karras et al. 2022, algorithm 2, k-diffusion's `sample_heun`. */
export class HeunScheduler extends SigmaScheduler {
  *step(i: number, before: Float32Array, _memory: Memory, noise: NoiseSource): Step {
    const { sample, sigma } = this.churn(i, before, noise);
    return yield* this.heunStep(sample, sigma, this.sigmas[i + 1]!);
  }

  /** From one noise level to a lower one; Euler's method to 0. */
  protected *heunStep(sample: Float32Array, from: number, to: number): Step {
    const epsilon = yield* this.predict(sample, from);
    const euler = combine(1, sample, to - from, epsilon);
    if (to === 0) return { sample: euler, memory: NO_MEMORY, clean: () => euler };
    const atEnd = yield* this.predict(euler, to);
    const half = (to - from) / 2;
    return {
      sample: linear([1, sample], [half, epsilon], [half, atEnd]),
      memory: NO_MEMORY,
      clean: () => combine(1, euler, -to, atEnd),
    };
  }
}
