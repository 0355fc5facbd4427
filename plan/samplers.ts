import { z } from 'zod';

/** Every supported model was trained with so many steps. */
export const TRAINING_STEPS = 1000;

/** How a sampler spaces its noise levels, by A1111's names; `uniform` in timesteps is its classic spacing. */
export const SigmaSchedule = z.enum([
  'uniform',
  'karras',
  'exponential',
  'polyexponential',
  'sgm_uniform',
  'kl_optimal',
  'align_your_steps',
  'simple',
  'normal',
  'ddim',
  'beta',
]);
export type SigmaSchedule = z.infer<typeof SigmaSchedule>;

/** A1111's parameters of samplers. */
export type SamplerParameter = 'eta' | 's_churn' | 's_tmin' | 's_tmax' | 's_noise';

export interface SamplerFacts {
  /** A1111's `automatic`; null: the sampler has its own spacing and ignores `schedule`. */
  readonly schedule: SigmaSchedule | null;
  /** Those that have an effect. */
  readonly parameters: readonly SamplerParameter[];
  /**
   * When the sampler adds new noise: `always`; `eta` and `s_churn`: if that parameter is above 0. Brownian noise is
   * drawn from the seed alone, so `eta_noise_seed_delta` does not change it.
   */
  readonly noise: 'never' | 'always' | 'eta' | 's_churn' | 'brownian';
  /** Two model calls a step. A1111 counts the steps of prompt editing twice, too (`second_order`). */
  readonly secondOrder?: true;
  /** Its steps do not go from one noise level to the next, so frames cannot begin at different ones. */
  readonly ownSteps?: true;
  /** Leaves out the second lowest noise level (A1111's `discard_next_to_last_sigma`). */
  readonly discardsPenultimate?: true;
  /** Fewest steps that the sampler can be asked for. */
  readonly fewest?: number;
}

const CHURN = ['s_churn', 's_tmin', 's_tmax', 's_noise'] as const;

/**
 * A1111's samplers by name, as in version 1.10: `samplers_k_diffusion` and `sampler_extra_params`
 * (sd_samplers_kdiffusion.py), `samplers_timesteps` (sd_samplers_timesteps.py), `samplers_lcm` (sd_samplers_lcm.py).
 */
export const SAMPLER_FACTS = {
  'Euler a': { schedule: 'uniform', parameters: ['eta'], noise: 'eta' },
  Euler: { schedule: 'uniform', parameters: CHURN, noise: 's_churn' },
  'DPM++ 2M': { schedule: 'karras', parameters: [], noise: 'never' },
  'DPM++ SDE': { schedule: 'karras', parameters: ['eta', 's_noise'], noise: 'brownian', secondOrder: true },
  'DPM++ 2M SDE': { schedule: 'exponential', parameters: ['eta', 's_noise'], noise: 'brownian' },
  'DPM++ 2M SDE Heun': { schedule: 'exponential', parameters: ['eta', 's_noise'], noise: 'brownian' },
  'DPM++ 2S a': { schedule: 'karras', parameters: ['eta', 's_noise'], noise: 'eta', secondOrder: true },
  'DPM++ 3M SDE': {
    schedule: 'exponential',
    parameters: ['eta', 's_noise'],
    noise: 'brownian',
    discardsPenultimate: true,
  },
  LMS: { schedule: 'uniform', parameters: [], noise: 'never' },
  Heun: { schedule: 'uniform', parameters: CHURN, noise: 's_churn', secondOrder: true },
  DPM2: { schedule: 'karras', parameters: CHURN, noise: 's_churn', secondOrder: true, discardsPenultimate: true },
  'DPM2 a': {
    schedule: 'karras',
    parameters: ['eta', 's_noise'],
    noise: 'eta',
    secondOrder: true,
    discardsPenultimate: true,
  },
  'DPM fast': { ownSteps: true, schedule: null, parameters: ['eta', 's_noise'], noise: 'eta' },
  'DPM adaptive': { ownSteps: true, schedule: null, parameters: ['eta'], noise: 'eta' },
  Restart: { ownSteps: true, schedule: 'karras', parameters: [], noise: 'always', secondOrder: true },
  DDIM: { schedule: null, parameters: ['eta'], noise: 'eta', fewest: 2 },
  'DDIM CFG++': { schedule: null, parameters: ['eta'], noise: 'eta', fewest: 2 },
  PLMS: { schedule: null, parameters: [], noise: 'never', fewest: 2 },
  UniPC: { schedule: null, parameters: [], noise: 'never', fewest: 3 },
  LCM: { schedule: 'uniform', parameters: [], noise: 'always' },
} as const satisfies Readonly<Record<string, SamplerFacts>>;

export const SAMPLERS = Object.keys(SAMPLER_FACTS) as readonly (keyof typeof SAMPLER_FACTS)[];
export const Sampler = z.enum(SAMPLERS);
export type Sampler = z.infer<typeof Sampler>;

export const samplerFacts = (sampler: Sampler): SamplerFacts => SAMPLER_FACTS[sampler];

/** A1111's `eta` if none is set: `eta_ancestral` and `eta_ddim` of its settings. */
export const defaultEta = (sampler: Sampler): number => (sampler === 'DDIM' || sampler === 'DDIM CFG++' ? 0 : 1);
