import { largest } from '../../plan/extremes.ts';
import {
  defaultEta,
  SAMPLERS,
  type Sampler,
  type SamplerParameter,
  SigmaSchedule,
  samplerFacts,
} from '../../plan/samplers.ts';
import { type StepChoice, samplingSteps } from '../../plan/steps.ts';
import type { Settings } from '../settings/schema.ts';
import { valueOverTime } from '../time/schedule.ts';
import { clipLength } from './clip-length.ts';
import { denoisingStrength, type ImageSettings, startsFromImages } from './images.ts';

/** The engine's sampler. The name with a schedule is A1111's from before version 1.9. */
export function samplerOf({ sampler }: Pick<Settings, 'sampler'>): Sampler {
  return sampler === 'DPM++ 2M Karras' ? 'DPM++ 2M' : SAMPLERS.find((known) => known === sampler)!;
}

/**
 * The engine's schedule. A1111's `automatic` is the sampler's own (`modules/sd_samplers_kdiffusion.py`). Samplers that
 * have their own spacing ignore it.
 */
export function sigmaScheduleOf({ sampler, schedule }: Pick<Settings, 'sampler' | 'schedule'>): SigmaSchedule {
  const own = samplerFacts(samplerOf({ sampler })).schedule;
  return own === null || schedule === 'automatic' ? (own ?? 'uniform') : SigmaSchedule.parse(schedule);
}

/** The settings that decide the steps of a clip. */
type StepSettings = ImageSettings &
  Pick<Settings, 'sampler' | 'schedule' | 'steps' | 'frames' | 'fps' | 'context' | 'dialect'>;

/** What decides the steps of a clip. */
export function stepChoice(settings: StepSettings): Required<StepChoice> & { readonly denoising: number | null } {
  const strengths = denoisingOverTime(settings);
  return {
    sampler: samplerOf(settings),
    schedule: sigmaScheduleOf(settings),
    steps: settings.steps,
    // Frames with a lower one begin later.
    denoising: strengths && largest(strengths),
  };
}

/** The denoising strength of each frame; null if the clip does not start from images. */
export function denoisingOverTime(settings: StepSettings): number[] | null {
  if (!startsFromImages(settings)) return null;
  return valueOverTime(denoisingStrength(settings), { frames: clipLength(settings), fps: settings.fps });
}

/** The steps that a render makes. At least 1, also if the sampler cannot make so few. */
export function clipSteps(settings: StepSettings): number {
  return Math.max(1, samplingSteps(stepChoice(settings)));
}

/** Whether the sampler has a parameter. */
export function hasParameter(settings: Pick<Settings, 'sampler'>, name: SamplerParameter): boolean {
  return samplerFacts(samplerOf(settings)).parameters.includes(name);
}

/** Whether a clip's sampler adds new noise at its steps, and from where. */
export function stepNoiseOf(settings: Pick<Settings, 'sampler' | 'eta' | 's_churn'>): 'none' | 'drawn' | 'brownian' {
  const sampler = samplerOf(settings);
  const eta = settings.eta ?? defaultEta(sampler);
  switch (samplerFacts(sampler).noise) {
    case 'never':
      return 'none';
    case 'always':
      return 'drawn';
    case 'eta':
      return eta > 0 ? 'drawn' : 'none';
    case 's_churn':
      return settings.s_churn > 0 ? 'drawn' : 'none';
    case 'brownian':
      return eta > 0 ? 'brownian' : 'none';
  }
}

/** The parameters that a clip sets, as far as they have an effect. */
export function samplerParameters(settings: Settings): Partial<Record<SamplerParameter, number>> {
  const { eta, s_churn, s_tmin, s_tmax, s_noise } = settings;
  const isChurned = hasParameter(settings, 's_churn') && s_churn > 0;
  const hasNoise = hasParameter(settings, 's_noise') && stepNoiseOf(settings) !== 'none';
  return {
    ...(hasParameter(settings, 'eta') && eta !== undefined && { eta }),
    ...(isChurned && { s_churn, s_tmin, s_tmax }),
    ...(hasNoise && s_noise !== 1 && { s_noise }),
  };
}

/**
 * The seed of variations; 0: there are none. If none is set, it is far from the seed, and the same whenever the seed is:
 * Knuth's multiplicative hash.
 */
export function subseedOf(
  { subseed, subseed_strength: strength }: Pick<Settings, 'subseed' | 'subseed_strength'>,
  seed: number,
): number {
  if (strength === 0) return 0;
  return subseed === -1 ? Number((BigInt(seed) * 2654435761n + 1n) % 2n ** 32n) : subseed;
}
