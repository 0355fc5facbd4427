import {
  defaultEta,
  type Sampler,
  type SamplerParameter,
  type SigmaSchedule,
  samplerFacts,
} from '../../plan/samplers.ts';
import { noisedSteps, samplingCalls } from '../../plan/steps.ts';
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
import {
  a1111Timesteps,
  DdimCfgPlusPlusScheduler,
  DdimScheduler,
  PlmsScheduler,
  timestepSteps,
  tooLittleNoise,
} from './timesteps.ts';
import { UniPcScheduler } from './unipc.ts';

/** What a run is made of. */
export interface SamplerChoice {
  readonly sampler: Sampler;
  readonly schedule: SigmaSchedule;
  /** As the file sets them; `samplingSteps` is how many the sampler makes. */
  readonly steps: number;
  /** A1111's denoising strength of a run that starts from images; null or absent: it starts from noise. */
  readonly denoising?: number | null | undefined;
  /** Those that are not given have A1111's defaults; those that the sampler does not use have no effect. */
  readonly parameters?: { readonly [Name in SamplerParameter]?: number | undefined };
}

/**
 * A sampler as in A1111 1.10, with its quirks.
 *
 * @throws when the sampler does not support this number of steps
 */
export function createSampler(choice: SamplerChoice, betas: BetaSchedule): Scheduler {
  const { sampler, steps, denoising = null, parameters = {} } = choice;
  const used = parametersOf(sampler, parameters);
  const spaced = () => sigmaSteps(choice, betas);
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
      return new DpmFastScheduler(sigmaRange(choice, betas), used, samplingCalls(choice));
    case 'DPM adaptive':
      return new DpmAdaptiveScheduler(sigmaRange(choice, betas), used);
    case 'Restart':
      return new RestartScheduler(spaced());
    case 'LCM':
      return new LcmScheduler(spaced());
    case 'DDIM':
      return new DdimScheduler(timestepSteps(steps, betas, denoising), used.eta);
    case 'DDIM CFG++':
      return new DdimCfgPlusPlusScheduler(timestepSteps(steps, betas, denoising), used.eta);
    case 'PLMS':
      return new PlmsScheduler(timestepSteps(steps, betas, denoising));
    case 'UniPC':
      return uniPc(choice, betas);
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

/**
 * The sigmas of A1111's `get_sigmas` for k-diffusion's samplers; a run from images begins at one of them
 * (`sample_img2img`, sd_samplers_kdiffusion.py).
 *
 * @throws when it begins behind the last one
 */
export function sigmaSteps(
  { sampler, schedule, steps, denoising = null }: Omit<SamplerChoice, 'parameters'>,
  betas: BetaSchedule,
): SigmaSteps {
  const known = sampler === 'LCM' ? new LcmSigmas(betas) : new SigmaTable(alphasCumprod(betas));
  const discards = samplerFacts(sampler).discardsPenultimate ?? false;
  const all = SCHEDULES[schedule](steps + (discards ? 1 : 0), known);
  const whole = discards ? [...all.slice(0, -2), all.at(-1)!] : all;
  if (denoising === null) {
    return { sigmas: whole, timestepOf: (sigma) => known.timestepOf(sigma), initNoiseSigma: whole[0]! };
  }
  const sigmas = whole.slice(steps - noisedSteps(steps, denoising) - 1);
  if (sigmas.length < 2) throw tooLittleNoise(denoising);
  return { sigmas, timestepOf: (sigma) => known.timestepOf(sigma), initNoiseSigma: sigmas[0]! };
}

/** From the first noise level to the smallest, for samplers with their own spacing. */
function sigmaRange(choice: SamplerChoice, betas: BetaSchedule): SigmaSteps {
  const known = new SigmaTable(alphasCumprod(betas));
  const { denoising = null } = choice;
  const max = denoising === null ? known.max : sigmaSteps({ ...choice, schedule: 'uniform' }, betas).sigmas[0]!;
  if (denoising !== null && max <= known.min) throw tooLittleNoise(denoising);
  return { sigmas: [max, known.min], timestepOf: (sigma) => known.timestepOf(sigma), initNoiseSigma: max };
}

/** From images, A1111 makes as many steps as timesteps with less noise than theirs (sd_samplers_timesteps_impl.py). */
function uniPc({ steps, denoising = null }: SamplerChoice, betas: BetaSchedule): UniPcScheduler {
  const timesteps = a1111Timesteps(steps);
  if (denoising === null) return new UniPcScheduler(timesteps.length, betas);
  const noised = noisedSteps(steps, denoising);
  if (noised === 0) throw tooLittleNoise(denoising);
  return new UniPcScheduler(noised, betas, { first: timesteps[noised - 1]!, noised: timesteps[noised]! });
}
