import { ancestralStep, type SamplerParameters, SigmaScheduler, type SigmaSteps } from './k-diffusion.ts';
import { combine, linear, type Memory, NO_MEMORY, type NoiseSource, type Step, withNoise } from './scheduler.ts';

/** DPM-Solver++ for the diffusion SDE, of second order with two model calls: k-diffusion's `sample_dpmpp_sde`. */
export class DpmppSdeScheduler extends SigmaScheduler {
  *step(i: number, sample: Float32Array, _memory: Memory, noise: NoiseSource): Step {
    const [from, to] = [this.sigmas[i]!, this.sigmas[i + 1]!];
    const { eta, s_noise } = this.parameters;
    const first = yield* this.denoise(sample, from);
    if (to === 0) return { sample: first, memory: NO_MEMORY, clean: () => first };
    const towards = (clean: Float32Array, end: number) => {
      const { down, up } = ancestralStep(from, end, eta);
      const next = combine(down / from, sample, 1 - down / from, clean);
      return withNoise(next, up * s_noise, () => noise(from, end));
    };
    const middle = Math.sqrt(from * to);
    const second = yield* this.denoise(towards(first, middle), middle);
    return { sample: towards(second, to), memory: NO_MEMORY, clean: () => second };
  }
}

/** A step of the exact SDE: what is kept of the sample, the weight of the clean estimate, and that of new noise. */
function sdeStep(from: number, to: number, { eta, s_noise }: SamplerParameters) {
  const h = Math.log(from / to);
  return {
    h,
    /** h in the exponent of the clean estimate. */
    reach: h * (1 + eta),
    keep: Math.exp(-h * (1 + eta)),
    noise: to * Math.sqrt(-Math.expm1(-2 * h * eta)) * s_noise,
  };
}

/** DPM-Solver++(2M) for the diffusion SDE: k-diffusion's `sample_dpmpp_2m_sde`. */
export class Dpmpp2mSdeScheduler extends SigmaScheduler {
  readonly #solver: 'midpoint' | 'heun';

  constructor(steps: SigmaSteps, parameters?: SamplerParameters, solver: 'midpoint' | 'heun' = 'midpoint') {
    super(steps, parameters);
    this.#solver = solver;
  }

  *step(i: number, sample: Float32Array, { tensors: [previous] }: Memory, noise: NoiseSource): Step {
    const [before, from, to] = [this.sigmas[i - 1]!, this.sigmas[i]!, this.sigmas[i + 1]!];
    const clean = yield* this.denoise(sample, from);
    const memory = { tensors: [clean], numbers: [] };
    if (to === 0) return { sample: clean, memory, clean: () => clean };
    const { h, reach, keep, noise: factor } = sdeStep(from, to, this.parameters);
    let next = combine(keep, sample, 1 - keep, clean);
    if (previous) {
      const ratio = h / Math.log(before / from);
      const weight = ratio * (this.#solver === 'heun' ? 1 - (1 - keep) / reach : (1 - keep) / 2);
      next = linear([keep, sample], [1 - keep + weight, clean], [-weight, previous]);
    }
    return { sample: withNoise(next, factor, () => noise(from, to)), memory, clean: () => clean };
  }
}

/** DPM-Solver++(3M) for the diffusion SDE: k-diffusion's `sample_dpmpp_3m_sde`. */
export class Dpmpp3mSdeScheduler extends SigmaScheduler {
  *step(i: number, sample: Float32Array, { tensors: [one, two] }: Memory, noise: NoiseSource): Step {
    const [from, to] = [this.sigmas[i]!, this.sigmas[i + 1]!];
    const clean = yield* this.denoise(sample, from);
    const memory = { tensors: one ? [clean, one] : [clean], numbers: [] };
    if (to === 0) return { sample: clean, memory, clean: () => clean };
    const { h, reach, keep, noise: factor } = sdeStep(from, to, this.parameters);
    const phi2 = 1 - (1 - keep) / reach;
    const phi3 = phi2 / reach - 0.5;
    /** Length of the step that ended at `sigmas[i − back]`, in units of this one. */
    const length = (back: number) => Math.log(this.sigmas[i - back - 1]! / this.sigmas[i - back]!) / h;
    let next = combine(keep, sample, 1 - keep, clean);
    if (one && two) {
      const [r0, r1] = [length(0), length(1)];
      // Divided differences: d0 = (clean − one) ÷ r0 and d1 = (one − two) ÷ r1.
      const d0 = phi2 * (1 + r0 / (r0 + r1)) - phi3 / (r0 + r1);
      const d1 = (-phi2 * r0 + phi3) / (r0 + r1);
      next = linear([keep, sample], [1 - keep + d0 / r0, clean], [d1 / r1 - d0 / r0, one], [-d1 / r1, two]);
    } else if (one) {
      const weight = phi2 / length(0);
      next = linear([keep, sample], [1 - keep + weight, clean], [-weight, one]);
    }
    return { sample: withNoise(next, factor, () => noise(from, to)), memory, clean: () => clean };
  }
}
