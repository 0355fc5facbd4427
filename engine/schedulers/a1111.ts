import type { SigmaSchedule } from '../../plan/plan.ts';
import type { Sampler } from '../../plan/steps.ts';
import { TRAINING_STEPS } from '../../plan/steps.ts';
import { alphasCumprod, type BetaSchedule } from './betas.ts';
import { DdimScheduler, type DdimStep } from './ddim.ts';
import { DpmSolverMultistepScheduler } from './dpm-solver-multistep.ts';
import { EulerScheduler, type SigmaSteps } from './euler.ts';
import { EulerAncestralScheduler } from './euler-ancestral.ts';
import type { Scheduler } from './scheduler.ts';
import { karrasSigmas, linspace, SigmaTable } from './sigmas.ts';

/**
 * A sampler as A1111 1.10 runs it: k-diffusion's with fractional timesteps, DDIM as its own timestep sampler, which
 * ignores `schedule` and takes one step less than `steps` wherever `steps` divides 1000.
 *
 * @throws when the sampler cannot take so many steps
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
      return new DpmSolverMultistepScheduler(sigmaSteps(schedule, steps, betas), 'exploding');
  }
}

/** Sigmas as A1111's `get_sigmas` gives them to k-diffusion's samplers (sd_samplers_kdiffusion.py), and 0 at the end. */
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
 * them to the one before; none goes on from the first, so the run ends with its little noise left.
 */
export function ddimTimesteps(steps: number): number[] {
  if (steps < 2 || steps > TRAINING_STEPS) {
    throw new Error(`DDIM cannot take ${steps} steps. Set "steps" to a number from 2 to ${TRAINING_STEPS}.`);
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
