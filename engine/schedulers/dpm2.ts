import { ancestralStep, SigmaScheduler } from './k-diffusion.ts';
import { combine, type Memory, NO_MEMORY, type NoiseSource, type Step, withNoise } from './scheduler.ts';

/** DPM-Solver-2, Lu et al. 2022: k-diffusion's `sample_dpm_2`. */
export class Dpm2Scheduler extends SigmaScheduler {
  *step(i: number, before: Float32Array, _memory: Memory, noise: NoiseSource): Step {
    const { sample, sigma } = this.churn(i, before, noise);
    return yield* this.midpointStep(sample, sigma, this.sigmas[i + 1]!);
  }

  /** By the derivative halfway in log sigma; Euler's method to 0. */
  protected *midpointStep(sample: Float32Array, from: number, to: number): Step {
    const epsilon = yield* this.predict(sample, from);
    if (to === 0) {
      const clean = combine(1, sample, -from, epsilon);
      return { sample: clean, memory: NO_MEMORY, clean: () => clean };
    }
    const middle = Math.sqrt(from * to);
    const halfway = combine(1, sample, middle - from, epsilon);
    const atMiddle = yield* this.predict(halfway, middle);
    return {
      sample: combine(1, sample, to - from, atMiddle),
      memory: NO_MEMORY,
      clean: () => combine(1, halfway, -middle, atMiddle),
    };
  }
}

/** The same to a little below the next sigma, then new noise up to it: k-diffusion's `sample_dpm_2_ancestral`. */
export class Dpm2AncestralScheduler extends Dpm2Scheduler {
  override *step(i: number, sample: Float32Array, _memory: Memory, noise: NoiseSource): Step {
    const [from, to] = [this.sigmas[i]!, this.sigmas[i + 1]!];
    const { eta, s_noise } = this.parameters;
    const { down, up } = ancestralStep(from, to, eta);
    const result = yield* this.midpointStep(sample, from, down);
    return { ...result, sample: withNoise(result.sample, up * s_noise, () => noise(from, to)) };
  }
}
