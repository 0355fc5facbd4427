import { TRAINING_STEPS } from '../../plan/samplers.ts';
import { noisedSteps } from '../../plan/steps.ts';
import { alphasCumprod, type BetaSchedule } from './betas.ts';
import {
  combine,
  linear,
  type Memory,
  NO_MEMORY,
  type NoiseSource,
  type PartOfStep,
  type Scheduler,
  type Step,
  withNoise,
} from './scheduler.ts';

/** A step of DDIM and PLMS. */
export interface TimestepStep {
  readonly timestep: number;
  /** ᾱ at the start and at the end of the step. */
  readonly alpha: number;
  readonly alphaNext: number;
  readonly timestepNext: number;
  /** ᾱ of an image with noise that the run begins with, if it is not `alpha`. */
  readonly noisedAlpha?: number;
}

/**
 * The timesteps 1, 1 + 1000 ÷ steps (rounded down), … below 1000 (sd_samplers_timesteps.py). Each step goes from one of
 * them to the previous one, and none from the first, so a run ends with that timestep's little noise.
 */
export function a1111Timesteps(steps: number): number[] {
  if (steps < 2 || steps > TRAINING_STEPS) {
    throw new Error(
      `This sampler does not support ${steps} steps. Set \`steps\` to a number from 2 to ${TRAINING_STEPS}.`,
    );
  }
  const stride = Math.floor(TRAINING_STEPS / steps);
  const count = Math.ceil(TRAINING_STEPS / stride);
  return Array.from({ length: count }, (_, i) => Math.min(i * stride + 1, TRAINING_STEPS - 1));
}

/**
 * The steps of a run; with a denoising strength, the last ones of them. As in A1111, an image gets the noise of the
 * timestep before the first of them (`sample_img2img`, sd_samplers_timesteps.py).
 *
 * @throws when no step is left
 */
export function timestepSteps(steps: number, betas: BetaSchedule, denoising: number | null = null): TimestepStep[] {
  const alphas = alphasCumprod(betas);
  const timesteps = a1111Timesteps(steps);
  if (denoising === null) return stepsBetween(timesteps, alphas);
  const noised = noisedSteps(steps, denoising);
  const [first, ...others] = stepsBetween(timesteps.slice(0, noised), alphas);
  if (!first) throw tooLittleNoise(denoising);
  return [{ ...first, noisedAlpha: alphas[timesteps[noised]!]! }, ...others];
}

export const tooLittleNoise = (denoising: number) =>
  new Error(`A denoising strength of ${denoising} leaves this sampler no step. Raise \`denoising_strength\`.`);

/** @param timesteps ascending */
function stepsBetween(timesteps: readonly number[], alphas: Float32Array): TimestepStep[] {
  return timesteps
    .slice(1)
    .map((timestep, i) => {
      const timestepNext = timesteps[i]!;
      return { timestep, alpha: alphas[timestep]!, alphaNext: alphas[timestepNext]!, timestepNext };
    })
    .reverse();
}

/** A sampler over x = √ᾱ·x₀ + √(1 − ᾱ)·ε, as Stable Diffusion was trained. */
abstract class TimestepScheduler implements Scheduler {
  readonly steps: number;
  readonly initNoiseSigma = 1;
  protected readonly all: readonly TimestepStep[];
  protected readonly eta: number;

  /** @param eta 0: deterministic; 1: as much new noise as DDPM */
  constructor(steps: readonly TimestepStep[], eta = 0) {
    this.steps = steps.length;
    this.all = steps;
    this.eta = eta;
  }

  abstract step(i: number, sample: Float32Array, memory: Memory, noise: NoiseSource): Step;

  protected clean(epsilon: Float32Array, i: number, sample: Float32Array): Float32Array {
    const { alpha } = this.all[i]!;
    return combine(1 / Math.sqrt(alpha), sample, -Math.sqrt((1 - alpha) / alpha), epsilon);
  }

  addNoise(clean: Float32Array, noise: Float32Array, i: number): Float32Array {
    const { alpha, noisedAlpha = alpha } = this.all[i]!;
    return combine(Math.sqrt(noisedAlpha), clean, Math.sqrt(1 - noisedAlpha), noise);
  }
}

/**
 * Song et al. 2020, "Denoising Diffusion Implicit Models", equation 12: as diffusers' DDIMScheduler without clipping
 * and as A1111's `ddim` (sd_samplers_timesteps_impl.py).
 */
export class DdimScheduler extends TimestepScheduler {
  *step(i: number, sample: Float32Array, _memory: Memory, noise: NoiseSource): Step {
    const { timestep, timestepNext } = this.all[i]!;
    const { guided } = yield { input: sample, timestep };
    const { keep, toClean, direction, sigma } = ddimFactors(this.all[i]!, this.eta);
    const next = combine(keep, sample, direction - toClean, guided);
    return {
      sample: withNoise(next, sigma, () => noise(timestep, timestepNext)),
      memory: NO_MEMORY,
      clean: () => this.clean(guided, i, sample),
    };
  }
}

/**
 * Chung et al. 2024, "CFG++: Manifold-constrained Classifier Free Guidance": DDIM that adds the noise of the negative
 * prompt again instead of the guided one. A1111's `ddim_cfgpp`, which divides the guidance scale by 12.5.
 */
export class DdimCfgPlusPlusScheduler extends TimestepScheduler {
  readonly needsNegative = true;

  *step(i: number, sample: Float32Array, _memory: Memory, noise: NoiseSource): Step {
    const { timestep, timestepNext } = this.all[i]!;
    const { guided, negative } = yield { input: sample, timestep };
    if (!negative) throw new Error('CFG++ needs the prediction of the negative prompt.');
    const { keep, toClean, direction, sigma } = ddimFactors(this.all[i]!, this.eta);
    const next = linear([keep, sample], [-toClean, guided], [direction, negative]);
    return {
      sample: withNoise(next, sigma, () => noise(timestep, timestepNext)),
      memory: NO_MEMORY,
      clean: () => this.clean(guided, i, sample),
    };
  }
}

/**
 * The clean sample is (sample − √(1 − ᾱ)·ε) ÷ √ᾱ. Its share of the next sample is folded into `keep` and `toClean`.
 */
function ddimFactors({ alpha, alphaNext }: TimestepStep, eta: number) {
  const variance = ((1 - alphaNext) / (1 - alpha)) * (1 - alpha / alphaNext);
  const sigma = eta * Math.sqrt(variance);
  const keep = Math.sqrt(alphaNext / alpha);
  return {
    keep,
    toClean: keep * Math.sqrt(1 - alpha),
    direction: Math.sqrt(1 - alphaNext - sigma * sigma),
    sigma,
  };
}

/** Weights of this prediction and of those before it: Adams-Bashforth's method of each order. */
const PLMS_WEIGHTS = [[1], [3, -1], [23, -16, 5], [55, -59, 37, -9]].map((weights) => {
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
});

/**
 * Pseudo linear multistep, Liu et al. 2022, "Pseudo Numerical Methods for Diffusion Models on Manifolds": A1111's
 * `plms`. The first step predicts twice.
 */
export class PlmsScheduler extends TimestepScheduler {
  *step(i: number, sample: Float32Array, { tensors: earlier }: Memory): Step {
    const { timestep, timestepNext } = this.all[i]!;
    const predict = function* (input: Float32Array, at: number): PartOfStep {
      return (yield { input, timestep: at }).guided;
    };
    const { keep, toClean, direction } = ddimFactors(this.all[i]!, 0);
    const along = (epsilon: Float32Array) => combine(keep, sample, direction - toClean, epsilon);
    const epsilon = yield* predict(sample, timestep);
    const used = [epsilon, ...earlier];
    const combined =
      earlier.length === 0
        ? combine(0.5, epsilon, 0.5, yield* predict(along(epsilon), timestepNext))
        : linear(...used.map((each, back) => [PLMS_WEIGHTS[used.length - 1]![back]!, each] as const));
    return {
      sample: along(combined),
      memory: { tensors: used.slice(0, 3), numbers: [] },
      clean: () => this.clean(combined, i, sample),
    };
  }
}
