import { ancestralStep, SigmaScheduler } from './k-diffusion.ts';
import { combine, type Memory, NO_MEMORY, type NoiseSource, type Step, withNoise } from './scheduler.ts';

/**
 * DPM-Solver++(2M), Lu et al. 2022, algorithm 2: k-diffusion's `sample_dpmpp_2m`, diffusers'
 * DPMSolverMultistepScheduler (order 2, midpoint). The first step of a run and the step to sigma 0 are of first order.
 */
export class Dpmpp2mScheduler extends SigmaScheduler {
  *step(i: number, sample: Float32Array, { tensors: [previous] }: Memory): Step {
    const [before, now, after] = [this.sigmas[i - 1]!, this.sigmas[i]!, this.sigmas[i + 1]!];
    const clean = yield* this.denoise(sample, now);
    // λ = −ln sigma; e^−h = sigma after ÷ sigma now, which is 0 at the end, when h is infinite.
    const decay = after / now;
    let target = clean;
    if (previous && after > 0) {
      const half = Math.log(now / after) / Math.log(before / now) / 2;
      target = combine(1 + half, clean, -half, previous);
    }
    return {
      sample: combine(decay, sample, 1 - decay, target),
      memory: { tensors: [clean], numbers: [] },
      clean: () => clean,
    };
  }
}

/**
 * Ancestral sampling with DPM-Solver++(2S), Lu et al. 2022, algorithm 1: k-diffusion's `sample_dpmpp_2s_ancestral`.
 */
export class Dpmpp2sAncestralScheduler extends SigmaScheduler {
  *step(i: number, sample: Float32Array, _memory: Memory, noise: NoiseSource): Step {
    const [from, to] = [this.sigmas[i]!, this.sigmas[i + 1]!];
    const { eta, s_noise } = this.parameters;
    const { down, up } = ancestralStep(from, to, eta);
    let clean = yield* this.denoise(sample, from);
    if (down > 0) {
      const middle = Math.sqrt(from * down);
      const halfway = combine(middle / from, sample, 1 - middle / from, clean);
      clean = yield* this.denoise(halfway, middle);
    }
    const next = combine(down / from, sample, 1 - down / from, clean);
    const estimate = clean;
    return {
      sample: withNoise(next, up * s_noise, () => noise(from, to)),
      memory: NO_MEMORY,
      clean: () => estimate,
    };
  }
}
