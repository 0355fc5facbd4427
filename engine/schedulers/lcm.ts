import { alphasCumprod, type BetaSchedule } from './betas.ts';
import { SigmaScheduler } from './k-diffusion.ts';
import { combine, type Memory, NO_MEMORY, type NoiseSource, type Step, withNoise } from './scheduler.ts';
import { type Sigmas, SigmaTable } from './sigmas.ts';

/** LCM was distilled on every 20th of the 1000 timesteps: 19, 39, … 999. */
const STRIDE = 20;
const SIGMA_DATA = 0.5;
const TIMESTEP_SCALE = 10;

/** The noise levels that LCM knows: A1111's `LCMCompVisDenoiser` (sd_samplers_lcm.py). */
export class LcmSigmas implements Sigmas {
  readonly #table: SigmaTable;

  constructor(betas: BetaSchedule) {
    this.#table = new SigmaTable(alphasCumprod(betas).filter((_, i) => i % STRIDE === STRIDE - 1));
  }

  get sigmas(): Float32Array {
    return this.#table.sigmas;
  }

  get min(): number {
    return this.#table.min;
  }

  get max(): number {
    return this.#table.max;
  }

  get ends(): readonly [number, number] {
    return [STRIDE * this.sigmas.length - 1, STRIDE - 1];
  }

  /** The timestep of the nearest noise level, in log sigma. */
  timestepOf(sigma: number): number {
    return Math.round(this.#table.timestepOf(sigma)) * STRIDE + STRIDE - 1;
  }

  sigmaAt(timestep: number): number {
    const position = (timestep - (STRIDE - 1)) / STRIDE;
    return this.#table.sigmaAt(Math.min(Math.max(position, 0), this.sigmas.length - 1));
  }
}

/**
 * Latent consistency models, Luo et al. 2023: each step jumps to the clean sample, and adds new noise of the next
 * level. A1111's `sample_lcm`, diffusers' LCMScheduler.
 */
export class LcmScheduler extends SigmaScheduler {
  *step(i: number, sample: Float32Array, _memory: Memory, noise: NoiseSource): Step {
    const [from, to] = [this.sigmas[i]!, this.sigmas[i + 1]!];
    const { out, skip } = this.#scales(from);
    const clean = combine(out, yield* this.denoise(sample, from), skip, sample);
    return {
      sample: withNoise(clean, to, () => noise(from, to)),
      memory: NO_MEMORY,
      clean: () => clean,
    };
  }

  protected override noiseTo(clean: Float32Array, sample: Float32Array, sigma: number): Float32Array {
    const { out, skip } = this.#scales(sigma);
    return super.noiseTo(combine(1 / out, clean, -skip / out, sample), sample, sigma);
  }

  /** Shares of the clean sample that the noise implies, and of the sample itself. */
  #scales(sigma: number): { out: number; skip: number } {
    const timestep = TIMESTEP_SCALE * this.timestepOf(sigma);
    const scale = timestep ** 2 + SIGMA_DATA ** 2;
    return { out: timestep / Math.sqrt(scale), skip: SIGMA_DATA ** 2 / scale };
  }
}
