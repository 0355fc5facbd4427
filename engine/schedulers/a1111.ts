import type { SigmaSchedule } from '../../plan/plan.ts';
import { type Sampler, TRAINING_STEPS } from '../../plan/steps.ts';
import { alphasCumprod, type BetaSchedule } from './betas.ts';
import { DdimScheduler, type DdimStep } from './ddim.ts';
import { DpmSolverMultistepScheduler } from './dpm-solver-multistep.ts';
import { EulerScheduler, type SigmaSteps } from './euler.ts';
import { EulerAncestralScheduler } from './euler-ancestral.ts';
import type { Scheduler } from './scheduler.ts';
import { karrasSigmas, linspace, SigmaTable } from './sigmas.ts';

/**
 * A sampler as in A1111 1.10: k-diffusion's with fractional timesteps; DDIM as A1111's own timestep sampler, which
 * ignores `schedule`. The number of timesteps is `samplingSteps` of `plan/steps.ts`.
 *
 * @throws when the sampler does not support this number of steps
 */
export function createSampler(
  sampler: Sampler,
  schedule: SigmaSchedule,
  steps: number,
  betas: BetaSchedule,
): Scheduler {
  switch (sampler) {
    case 'DDIM':
      return new DdimScheduler(ddimSteps(steps, betas));
    case 'Euler':
      return new EulerScheduler(sigmaSteps(schedule, steps, betas));
    case 'Euler a':
      return new EulerAncestralScheduler(sigmaSteps(schedule, steps, betas));
    case 'DPM++ 2M':
      return new DpmSolverMultistepScheduler(sigmaSteps(schedule, steps, betas));
  }
}

/** The sigmas of A1111's `get_sigmas` for k-diffusion's samplers (sd_samplers_kdiffusion.py), with 0 at the end. */
export function sigmaSteps(schedule: SigmaSchedule, steps: number, betas: BetaSchedule): SigmaSteps {
  const table = new SigmaTable(betas);
  const sigmas =
    schedule === 'karras'
      ? karrasSigmas(table.min, table.max, steps)
      : linspace(TRAINING_STEPS - 1, 0, steps).map((timestep) => table.atTimestepByLog(timestep));
  return {
    timesteps: sigmas.map((sigma) => table.timestepOf(sigma)),
    sigmas: [...sigmas, 0],
    initNoiseSigma: sigmas[0]!,
  };
}

/**
 * The timesteps 1, 1 + 1000 ÷ steps (rounded down), … below 1000 (sd_samplers_timesteps.py). Each step goes from one of
 * them to the previous one, and none from the first, so a run ends with that timestep's little noise.
 */
export function ddimTimesteps(steps: number): number[] {
  if (steps < 2 || steps > TRAINING_STEPS) {
    throw new Error(`DDIM does not support ${steps} steps. Set \`steps\` to a number from 2 to ${TRAINING_STEPS}.`);
  }
  const stride = Math.floor(TRAINING_STEPS / steps);
  const count = Math.ceil(TRAINING_STEPS / stride);
  return Array.from({ length: count }, (_, i) => Math.min(i * stride + 1, TRAINING_STEPS - 1));
}

export function ddimSteps(steps: number, betas: BetaSchedule): DdimStep[] {
  const alphas = alphasCumprod(betas);
  const timesteps = ddimTimesteps(steps);
  return timesteps
    .slice(1)
    .map((timestep, i) => ({ timestep, alpha: alphas[timestep]!, alphaNext: alphas[timesteps[i]!]! }))
    .reverse();
}
