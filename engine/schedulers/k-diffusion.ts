import { combine, type Memory, type NoiseSource, type PartOfStep, type Scheduler, type Step } from './scheduler.ts';

/** What k-diffusion's samplers run on. */
export interface SigmaSteps {
  /** Descending noise levels, one more than steps. The last one is 0 in most schedules. */
  readonly sigmas: readonly number[];
  /** The UNet's timestep for a noise level > 0. */
  readonly timestepOf: (sigma: number) => number;
  readonly initNoiseSigma: number;
}

/** Parameters of samplers, by A1111's names. */
export interface SamplerParameters {
  /** Share of the noise that a stochastic step draws anew: 0 is deterministic. */
  readonly eta: number;
  /** Noise that is added before steps between the noise levels `s_tmin` and `s_tmax`: Karras et al. 2022, algorithm 2. */
  readonly s_churn: number;
  readonly s_tmin: number;
  readonly s_tmax: number;
  /** Factor of all noise that is drawn. */
  readonly s_noise: number;
}

/** A1111's defaults; DDIM's `eta` is 0. */
export const DEFAULT_PARAMETERS: SamplerParameters = {
  eta: 1,
  s_churn: 0,
  s_tmin: 0,
  s_tmax: Number.POSITIVE_INFINITY,
  s_noise: 1,
};

/** A sampler over x = x₀ + sigma·ε, as k-diffusion's. */
export abstract class SigmaScheduler implements Scheduler {
  readonly steps: number;
  readonly initNoiseSigma: number;
  protected readonly sigmas: readonly number[];
  protected readonly parameters: SamplerParameters;
  protected readonly timestepOf: (sigma: number) => number;

  constructor({ sigmas, timestepOf, initNoiseSigma }: SigmaSteps, parameters: SamplerParameters = DEFAULT_PARAMETERS) {
    this.steps = sigmas.length - 1;
    this.sigmas = sigmas;
    this.initNoiseSigma = initNoiseSigma;
    this.parameters = parameters;
    this.timestepOf = timestepOf;
  }

  abstract step(i: number, sample: Float32Array, memory: Memory, noise: NoiseSource): Step;

  /** The noise that the model predicts in a sample, which is scaled to unit variance for it: k-diffusion's c_in. */
  protected *predict(sample: Float32Array, sigma: number): PartOfStep {
    const scale = 1 / Math.sqrt(sigma * sigma + 1);
    const { guided } = yield {
      input: sample.map((value) => value * scale),
      timestep: this.timestepOf(sigma),
      noiseTo: (clean) => this.noiseTo(clean, sample, sigma),
    };
    return guided;
  }

  /** The noise in a sample whose clean sample is known. */
  protected noiseTo(clean: Float32Array, sample: Float32Array, sigma: number): Float32Array {
    return combine(1 / sigma, sample, -1 / sigma, clean);
  }

  /** The clean sample that the model's prediction implies. */
  protected *denoise(sample: Float32Array, sigma: number): PartOfStep {
    return combine(1, sample, -sigma, yield* this.predict(sample, sigma));
  }

  /** The sample at a noise level that `s_churn` raises before step `i`. */
  protected churn(i: number, sample: Float32Array, noise: NoiseSource): { sample: Float32Array; sigma: number } {
    const { s_churn, s_tmin, s_tmax, s_noise } = this.parameters;
    const sigma = this.sigmas[i]!;
    if (s_churn === 0) return { sample, sigma };
    // Drawn even where it is not used, so that later steps get the same noise.
    const drawn = noise(sigma, sigma);
    const gamma = s_tmin <= sigma && sigma <= s_tmax ? Math.min(s_churn / this.steps, Math.SQRT2 - 1) : 0;
    if (gamma === 0) return { sample, sigma };
    const raised = sigma * (gamma + 1);
    return { sample: combine(1, sample, s_noise * Math.sqrt(raised ** 2 - sigma ** 2), drawn), sigma: raised };
  }

  addNoise(clean: Float32Array, noise: Float32Array, i: number): Float32Array {
    return combine(1, clean, this.sigmas[i]!, noise);
  }
}

/**
 * How far down an ancestral step goes, and the noise that brings it up to its end again: k-diffusion's
 * `get_ancestral_step`.
 */
export function ancestralStep(from: number, to: number, eta: number): { down: number; up: number } {
  if (eta === 1) {
    const down = (to * to) / from;
    return { down, up: Math.sqrt(to * to - down * down) };
  }
  const up = Math.min(to, (eta * to * Math.sqrt(from * from - to * to)) / from);
  return { down: Math.sqrt(to * to - up * up), up };
}
