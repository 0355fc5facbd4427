import { ancestralStep, SigmaScheduler } from './k-diffusion.ts';
import { combine, type Memory, NO_MEMORY, type NoiseSource, type Step, withNoise } from './scheduler.ts';

/**
 * Euler's method on dx/dsigma = ε; Karras et al. 2022, algorithm 2: k-diffusion's `sample_euler`, diffusers'
 * EulerDiscreteScheduler.
 */
export class EulerScheduler extends SigmaScheduler {
  *step(i: number, before: Float32Array, _memory: Memory, noise: NoiseSource): Step {
    const { sample, sigma } = this.churn(i, before, noise);
    const epsilon = yield* this.predict(sample, sigma);
    return {
      sample: combine(1, sample, this.sigmas[i + 1]! - sigma, epsilon),
      memory: NO_MEMORY,
      clean: () => combine(1, sample, -sigma, epsilon),
    };
  }
}

/**
 * Euler's method to a little below the next sigma, then new noise up to it: k-diffusion's `sample_euler_ancestral`
 * (A1111's "Euler a"), diffusers' EulerAncestralDiscreteScheduler. No noise is drawn for the last step.
 */
export class EulerAncestralScheduler extends SigmaScheduler {
  *step(i: number, sample: Float32Array, _memory: Memory, noise: NoiseSource): Step {
    const [from, to] = [this.sigmas[i]!, this.sigmas[i + 1]!];
    const { eta, s_noise } = this.parameters;
    const { down, up } = ancestralStep(from, to, eta);
    const epsilon = yield* this.predict(sample, from);
    const next = combine(1, sample, down - from, epsilon);
    return {
      sample: withNoise(next, up * s_noise, () => noise(from, to)),
      memory: NO_MEMORY,
      clean: () => combine(1, sample, -from, epsilon),
    };
  }
}
