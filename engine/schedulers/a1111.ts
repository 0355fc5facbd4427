import {
  defaultEta,
  type Sampler,
  type SamplerParameter,
  type SigmaSchedule,
  samplerFacts,
} from '../../plan/samplers.ts';
import { alphasCumprod, type BetaSchedule } from './betas.ts';
import { DpmAdaptiveScheduler, DpmFastScheduler } from './dpm-solver.ts';
import { Dpm2AncestralScheduler, Dpm2Scheduler } from './dpm2.ts';
import { Dpmpp2mScheduler, Dpmpp2sAncestralScheduler } from './dpmpp.ts';
import { Dpmpp2mSdeScheduler, Dpmpp3mSdeScheduler, DpmppSdeScheduler } from './dpmpp-sde.ts';
import { EulerAncestralScheduler, EulerScheduler } from './euler.ts';
import { HeunScheduler } from './heun.ts';
import { DEFAULT_PARAMETERS, type SamplerParameters, type SigmaSteps } from './k-diffusion.ts';
import { LcmScheduler, LcmSigmas } from './lcm.ts';
import { LmsScheduler } from './lms.ts';
import { RestartScheduler } from './restart.ts';
import type { Scheduler } from './scheduler.ts';
import { SCHEDULES } from './schedules.ts';
import { SigmaTable } from './sigmas.ts';
import { a1111Timesteps, DdimCfgPlusPlusScheduler, DdimScheduler, PlmsScheduler, timestepSteps } from './timesteps.ts';
import { UniPcScheduler } from './unipc.ts';

/** What a run is made of. */
export interface SamplerChoice {
  readonly sampler: Sampler;
  readonly schedule: SigmaSchedule;
  /** As the file sets them; `samplingSteps` is how many the sampler makes. */
  readonly steps: number;
  /** Those that are not given have A1111's defaults; those that the sampler does not use have no effect. */
  readonly parameters?: { readonly [Name in SamplerParameter]?: number | undefined };
}

/**
 * A sampler as in A1111 1.10, with its quirks.
 *
 * @throws when the sampler does not support this number of steps
 */
export function createSampler(
  { sampler, schedule, steps, parameters = {} }: SamplerChoice,
  betas: BetaSchedule,
): Scheduler {
  const used = parametersOf(sampler, parameters);
  const spaced = () => sigmaSteps({ sampler, schedule, steps }, betas);
  switch (sampler) {
    case 'Euler a':
      return new EulerAncestralScheduler(spaced(), used);
    case 'Euler':
      return new EulerScheduler(spaced(), used);
    case 'DPM++ 2M':
      return new Dpmpp2mScheduler(spaced());
    case 'DPM++ SDE':
      return new DpmppSdeScheduler(spaced(), used);
    case 'DPM++ 2M SDE':
      return new Dpmpp2mSdeScheduler(spaced(), used);
    case 'DPM++ 2M SDE Heun':
      return new Dpmpp2mSdeScheduler(spaced(), used, 'heun');
    case 'DPM++ 2S a':
      return new Dpmpp2sAncestralScheduler(spaced(), used);
    case 'DPM++ 3M SDE':
      return new Dpmpp3mSdeScheduler(spaced(), used);
    case 'LMS':
      return new LmsScheduler(spaced());
    case 'Heun':
      return new HeunScheduler(spaced(), used);
    case 'DPM2':
      return new Dpm2Scheduler(spaced(), used);
    case 'DPM2 a':
      return new Dpm2AncestralScheduler(spaced(), used);
    case 'DPM fast':
      return new DpmFastScheduler(sigmaRange(betas), used, steps);
    case 'DPM adaptive':
      return new DpmAdaptiveScheduler(sigmaRange(betas), used);
    case 'Restart':
      return new RestartScheduler(spaced());
    case 'LCM':
      return new LcmScheduler(spaced());
    case 'DDIM':
      return new DdimScheduler(timestepSteps(steps, betas), used.eta);
    case 'DDIM CFG++':
      return new DdimCfgPlusPlusScheduler(timestepSteps(steps, betas), used.eta);
    case 'PLMS':
      return new PlmsScheduler(timestepSteps(steps, betas));
    case 'UniPC':
      return new UniPcScheduler(a1111Timesteps(steps).length, betas);
  }
}

/** `s_tmax: 0` is no limit, as in A1111. */
function parametersOf(sampler: Sampler, given: NonNullable<SamplerChoice['parameters']>): SamplerParameters {
  const own = samplerFacts(sampler).parameters;
  const value = (name: SamplerParameter) => (own.includes(name) ? given[name] : undefined);
  const { s_churn, s_tmin, s_tmax, s_noise } = DEFAULT_PARAMETERS;
  return {
    eta: value('eta') ?? defaultEta(sampler),
    s_churn: value('s_churn') ?? s_churn,
    s_tmin: value('s_tmin') ?? s_tmin,
    s_tmax: value('s_tmax') || s_tmax,
    s_noise: value('s_noise') ?? s_noise,
  };
}

/** The sigmas of A1111's `get_sigmas` for k-diffusion's samplers (sd_samplers_kdiffusion.py). */
export function sigmaSteps(
  { sampler, schedule, steps }: Omit<SamplerChoice, 'parameters'>,
  betas: BetaSchedule,
): SigmaSteps {
  const known = sampler === 'LCM' ? new LcmSigmas(betas) : new SigmaTable(alphasCumprod(betas));
  const discards = samplerFacts(sampler).discardsPenultimate ?? false;
  const all = SCHEDULES[schedule](steps + (discards ? 1 : 0), known);
  const sigmas = discards ? [...all.slice(0, -2), all.at(-1)!] : all;
  return { sigmas, timestepOf: (sigma) => known.timestepOf(sigma), initNoiseSigma: sigmas[0]! };
}

/** From the largest noise level to the smallest, for samplers with their own spacing. */
function sigmaRange(betas: BetaSchedule): SigmaSteps {
  const known = new SigmaTable(alphasCumprod(betas));
  return { sigmas: [known.max, known.min], timestepOf: (sigma) => known.timestepOf(sigma), initNoiseSigma: known.max };
}
