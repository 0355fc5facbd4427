import { z } from 'zod';
import { alphasCumprod, type BetaSchedule } from '../../../engine/schedulers/betas.ts';
import { Dpmpp2mScheduler } from '../../../engine/schedulers/dpmpp.ts';
import { Dpmpp2mSdeScheduler } from '../../../engine/schedulers/dpmpp-sde.ts';
import { EulerAncestralScheduler, EulerScheduler } from '../../../engine/schedulers/euler.ts';
import type { SigmaScheduler, SigmaSteps } from '../../../engine/schedulers/k-diffusion.ts';
import {
  combine,
  type Memory,
  type NoiseSource,
  type Scheduler,
  type Step,
} from '../../../engine/schedulers/scheduler.ts';
import { karrasSigmas, linspace, SigmaTable } from '../../../engine/schedulers/sigmas.ts';
import { DdimScheduler, type TimestepStep } from '../../../engine/schedulers/timesteps.ts';
import { roundHalfEven } from '../../../plan/round-half-even.ts';
import { TRAINING_STEPS } from '../../../plan/samplers.ts';

const Spacing = z.enum(['leading', 'linspace', 'trailing']);
type Spacing = z.infer<typeof Spacing>;

const common = {
  num_train_timesteps: z.literal(TRAINING_STEPS).default(TRAINING_STEPS),
  beta_start: z.number(),
  beta_end: z.number(),
  beta_schedule: z.enum(['linear', 'scaled_linear']),
  trained_betas: z.null().default(null),
  prediction_type: z.literal('epsilon').default('epsilon'),
  rescale_betas_zero_snr: z.literal(false).default(false),
  steps_offset: z.int().nonnegative().default(0),
};
const sigmas = {
  ...common,
  use_karras_sigmas: z.boolean().default(false),
  use_exponential_sigmas: z.literal(false).default(false),
  use_beta_sigmas: z.literal(false).default(false),
  final_sigmas_type: z.literal('zero').default('zero'),
};

/**
 * `scheduler_config.json` of a diffusers model with the class's name, as far as the engine supports it. Unsupported
 * settings that would change results are errors. Defaults are diffusers'.
 */
export const DiffusersConfig = z.discriminatedUnion('class', [
  z.looseObject({
    class: z.literal('DDIMScheduler'),
    ...common,
    timestep_spacing: Spacing.default('leading'),
    clip_sample: z.literal(false),
    thresholding: z.literal(false).default(false),
    set_alpha_to_one: z.boolean().default(true),
  }),
  z.looseObject({
    class: z.literal('EulerDiscreteScheduler'),
    ...sigmas,
    timestep_spacing: Spacing.default('linspace'),
    interpolation_type: z.literal('linear').default('linear'),
    timestep_type: z.literal('discrete').default('discrete'),
    sigma_min: z.null().default(null),
    sigma_max: z.null().default(null),
  }),
  z.looseObject({
    class: z.literal('EulerAncestralDiscreteScheduler'),
    ...common,
    timestep_spacing: Spacing.default('linspace'),
  }),
  z.looseObject({
    class: z.literal('DPMSolverMultistepScheduler'),
    ...sigmas,
    timestep_spacing: Spacing.default('linspace'),
    algorithm_type: z.enum(['dpmsolver++', 'sde-dpmsolver++']).default('dpmsolver++'),
    solver_order: z.literal(2).default(2),
    solver_type: z.literal('midpoint').default('midpoint'),
    thresholding: z.literal(false).default(false),
    use_lu_lambdas: z.literal(false).default(false),
    use_flow_sigmas: z.literal(false).default(false),
  }),
]);
export type DiffusersConfig = z.infer<typeof DiffusersConfig>;

/** A scheduler as in diffusers: the engine's solvers with other timesteps and sigmas than A1111's. */
export function createDiffusersScheduler(config: DiffusersConfig, steps: number, eta = 0): Scheduler {
  const betas = betasOf(config);
  switch (config.class) {
    case 'DDIMScheduler':
      return new DdimScheduler(ddimSteps(config, steps, betas), eta);
    case 'EulerDiscreteScheduler':
    case 'EulerAncestralDiscreteScheduler': {
      const prepared = eulerSteps(config, steps, betas);
      return config.class === 'EulerDiscreteScheduler'
        ? new EulerScheduler(prepared)
        : new EulerAncestralScheduler(prepared);
    }
    case 'DPMSolverMultistepScheduler': {
      const prepared = dpmSolverSteps(config, steps, betas);
      const solver = config.algorithm_type === 'dpmsolver++' ? Dpmpp2mScheduler : Dpmpp2mSdeScheduler;
      return new VariancePreserving(new solver(prepared), prepared);
    }
  }
}

/**
 * diffusers' DPMSolverMultistepScheduler takes variance-preserving samples, `signal·clean + noise·ε` with
 * signal² + noise² = 1. The engine's takes k-diffusion's variance-exploding ones, `clean + sigma·ε`: the same divided
 * by the signal. Its input of the model is the variance-preserving sample itself.
 */
class VariancePreserving implements Scheduler {
  readonly steps: number;
  readonly initNoiseSigma = 1;
  readonly #solver: SigmaScheduler;
  readonly #signals: readonly number[];

  constructor(solver: SigmaScheduler, { sigmas }: SigmaSteps) {
    this.steps = solver.steps;
    this.#solver = solver;
    this.#signals = sigmas.map((sigma) => 1 / Math.hypot(sigma, 1));
  }

  *step(i: number, sample: Float32Array, memory: Memory, noise: NoiseSource): Step {
    const result = yield* this.#solver.step(i, times(1 / this.#signals[i]!, sample), memory, noise);
    return { ...result, sample: times(this.#signals[i + 1]!, result.sample) };
  }

  addNoise(clean: Float32Array, noise: Float32Array, i: number): Float32Array {
    return times(this.#signals[i]!, this.#solver.addNoise(clean, noise, i));
  }
}

const times = (factor: number, x: Float32Array) => combine(factor, x, 0, x);

/** Sigma at a fractional timestep: diffusers' `interpolation_type: linear`. */
function sigmaAt({ sigmas }: SigmaTable, timestep: number): number {
  const low = Math.floor(timestep);
  const share = timestep - low;
  return (1 - share) * sigmas[low]! + share * sigmas[Math.ceil(timestep)]!;
}

function betasOf({ beta_schedule, beta_start, beta_end }: DiffusersConfig): BetaSchedule {
  return { kind: beta_schedule, start: beta_start, end: beta_end };
}

type ConfigOf<C extends DiffusersConfig['class']> = Extract<DiffusersConfig, { class: C }>;

function ddimSteps(config: ConfigOf<'DDIMScheduler'>, steps: number, betas: BetaSchedule): TimestepStep[] {
  const alphas = alphasCumprod(betas);
  const stride = Math.floor(TRAINING_STEPS / steps);
  const last = config.set_alpha_to_one ? 1 : alphas[0]!;
  return spacedTimesteps(config.timestep_spacing, steps, config.steps_offset).map((fractional) => {
    const timestep = roundHalfEven(fractional);
    return {
      timestep,
      timestepNext: timestep - stride,
      alpha: alphas[timestep]!,
      alphaNext: alphas[timestep - stride] ?? last,
    };
  });
}

function eulerSteps(
  config: ConfigOf<'EulerDiscreteScheduler'> | ConfigOf<'EulerAncestralDiscreteScheduler'>,
  steps: number,
  betas: BetaSchedule,
): SigmaSteps {
  const table = new SigmaTable(alphasCumprod(betas));
  let timesteps = spacedTimesteps(config.timestep_spacing, steps, config.steps_offset);
  let sigmas = timesteps.map((timestep) => sigmaAt(table, timestep));
  if (config.class === 'EulerDiscreteScheduler' && config.use_karras_sigmas) {
    sigmas = karrasSigmas(sigmas[sigmas.length - 1]!, sigmas[0]!, steps);
    timesteps = sigmas.map((sigma) => table.timestepOf(sigma));
  }
  // With leading spacing, the run starts below the largest sigma, where the sample still contains some of the image.
  const initNoiseSigma = config.timestep_spacing === 'leading' ? Math.hypot(sigmas[0]!, 1) : sigmas[0]!;
  return { sigmas: [...sigmas, 0], timestepOf: tabulated(sigmas, timesteps), initNoiseSigma };
}

function dpmSolverSteps(
  config: ConfigOf<'DPMSolverMultistepScheduler'>,
  steps: number,
  betas: BetaSchedule,
): SigmaSteps {
  const table = new SigmaTable(alphasCumprod(betas));
  if (config.use_karras_sigmas) {
    const sigmas = karrasSigmas(table.min, table.max, steps);
    return {
      sigmas: [...sigmas, 0],
      timestepOf: (sigma) => roundHalfEven(table.timestepOf(sigma)),
      initNoiseSigma: 1,
    };
  }
  // Spaced for one more step, without the last one, because the run's last step goes to sigma 0. Trailing does so
  // itself.
  const timesteps = (
    config.timestep_spacing === 'trailing'
      ? spacedTimesteps('trailing', steps, 0)
      : spacedTimesteps(config.timestep_spacing, steps + 1, config.steps_offset).slice(0, -1)
  ).map(roundHalfEven);
  const sigmas = timesteps.map((timestep) => sigmaAt(table, timestep));
  return { sigmas: [...sigmas, 0], timestepOf: tabulated(sigmas, timesteps), initNoiseSigma: 1 };
}

/** The timestep of each sigma of a run. */
function tabulated(sigmas: readonly number[], timesteps: readonly number[]): (sigma: number) => number {
  const known = new Map(sigmas.map((sigma, i) => [sigma, timesteps[i]!]));
  return (sigma) => known.get(sigma)!;
}

/** Descending timesteps; table 2 of Lin et al. 2023, "Common Diffusion Noise Schedules and Sample Steps are Flawed". */
function spacedTimesteps(spacing: Spacing, steps: number, offset: number): number[] {
  if (!Number.isInteger(steps) || steps < 1 || steps > TRAINING_STEPS) {
    throw new Error(`A scheduler does not support ${steps} steps. Choose a number from 1 to ${TRAINING_STEPS}.`);
  }
  switch (spacing) {
    case 'linspace':
      return linspace(0, TRAINING_STEPS - 1, steps).reverse();
    case 'leading': {
      const stride = Math.floor(TRAINING_STEPS / steps);
      return Array.from({ length: steps }, (_, i) => (steps - 1 - i) * stride + offset);
    }
    case 'trailing':
      return Array.from({ length: steps }, (_, i) => roundHalfEven(TRAINING_STEPS - (i * TRAINING_STEPS) / steps) - 1);
  }
}
