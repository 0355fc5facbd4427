import { type Sampler, type SigmaSchedule, samplerFacts, TRAINING_STEPS } from './samplers.ts';

/** What decides how many steps a render makes. `steps` as the file sets them, 1 … 1000. */
export interface StepChoice {
  readonly sampler: Sampler;
  readonly schedule: SigmaSchedule;
  readonly steps: number;
  /** A1111's denoising strength of a run that starts from images, 0 … 1; null or absent: it starts from noise. */
  readonly denoising?: number | null | undefined;
}

/**
 * How many of the steps add noise to an image before it is denoised: `t_enc` of A1111's img2img
 * (`setup_img2img_steps`, sd_samplers_common.py).
 */
export function noisedSteps(steps: number, denoising: number): number {
  return Math.trunc(Math.min(denoising, 0.999) * steps);
}

/** How often the clip is sampled: FreeInit does so several times. */
export const iterationsOf = ({
  freeInit,
}: {
  readonly freeInit?: { readonly iterations: number } | undefined;
}): number => freeInit?.iterations ?? 1;

/** Steps of all iterations. */
export const renderSteps = (choice: StepChoice & Parameters<typeof iterationsOf>[0]): number =>
  iterationsOf(choice) * samplingSteps(choice);

/** Whether `samplingSteps` is more than an estimate. */
export const knowsSteps = ({ sampler }: Pick<StepChoice, 'sampler'>): boolean => sampler !== 'DPM adaptive';

/** DPM adaptive decides its steps itself; so many are about usual, with three model calls each. */
const ADAPTIVE_STEPS = 40;

/**
 * Steps that an iteration makes, which is the whole render without FreeInit: after each one, progress is saved, and a render can be stopped. Only an estimate for DPM
 * adaptive. A run from images makes the last ones of them, as in A1111.
 *
 * @returns 0 if the sampler cannot make so few
 */
export function samplingSteps(choice: StepChoice): number {
  const { sampler, steps, denoising = null } = choice;
  const all = stepsFromNoise(choice);
  if (all === 0 || denoising === null) return all;
  const noised = noisedSteps(steps, denoising);
  switch (sampler) {
    case 'DDIM':
    case 'DDIM CFG++':
    case 'PLMS':
      return Math.max(0, noised - 1);
    case 'UniPC':
      return noised < samplerFacts(sampler).fewest! ? 0 : noised;
    case 'DPM fast':
      return noised === 0 ? 0 : Math.floor((noised + 1) / 3) + 1;
    case 'DPM adaptive':
      return noised === 0 ? 0 : all;
    default:
      return Math.max(0, all - (steps - noised - 1));
  }
}

function stepsFromNoise({ sampler, schedule, steps }: StepChoice): number {
  const { discardsPenultimate, fewest = 1 } = samplerFacts(sampler);
  if (steps < fewest) return 0;
  switch (sampler) {
    case 'DDIM':
    case 'DDIM CFG++':
    case 'PLMS':
      return timesteps(steps) - 1;
    case 'UniPC':
      return timesteps(steps);
    case 'DPM fast':
      return Math.floor(steps / 3) + 1;
    case 'DPM adaptive':
      return ADAPTIVE_STEPS;
    default: {
      const discarded = discardsPenultimate ? 1 : 0;
      const asked = steps + discarded;
      if (schedule !== 'ddim') return steps;
      const known = sampler === 'LCM' ? LCM_TIMESTEPS : TRAINING_STEPS;
      return Math.ceil((known - 1) / Math.max(Math.floor(known / asked), 1)) - discarded;
    }
  }
}

/** LCM was distilled on so many timesteps. */
const LCM_TIMESTEPS = 50;

/**
 * How often a render calls its model for all frames: rows of `context.windows`. Only an estimate for DPM adaptive. At
 * most, for Restart with another schedule than its own: it may begin its restarts from a noise level of 0.
 */
export function samplingCalls(choice: StepChoice): number {
  const { sampler, schedule, steps, denoising = null } = choice;
  const made = samplingSteps(choice);
  if (made === 0) return 0;
  switch (sampler) {
    case 'DPM fast':
      return denoising === null ? steps : noisedSteps(steps, denoising) + 1;
    case 'DPM adaptive':
      return 3 * made;
    case 'PLMS':
      return made + 1;
    default:
      if (!samplerFacts(sampler).secondOrder) return made;
      // The step to a noise level of 0 is of first order. This schedule does not end there.
      return 2 * made - (schedule === 'kl_optimal' ? 0 : 1);
  }
}

/** The first model call of a step. @param step 0-based */
export function firstCallOf(choice: StepChoice, step: number): number {
  const { sampler } = choice;
  // The last one or two steps of DPM fast are shorter.
  if (sampler === 'DPM fast') return Math.min(3 * step, samplingCalls(choice) - 1);
  if (sampler === 'DPM adaptive') return 3 * step;
  if (sampler === 'PLMS' || sampler === 'UniPC') return step === 0 ? 0 : step + 1;
  return samplerFacts(sampler).secondOrder ? 2 * step : step;
}

/**
 * The number of steps that prompt editing counts, such as `[a:b:0.5]`: model calls, of which A1111 expects two a step
 * from samplers of second order (`SamplerData.total_steps`).
 */
export function promptSteps({ sampler, steps }: Pick<StepChoice, 'sampler' | 'steps'>): number {
  return samplerFacts(sampler).secondOrder ? 2 * steps : steps;
}

/**
 * How often a render predicts the noise of a window, over all model calls: the total of the sampling stage.
 */
export function modelCalls(windows: readonly { readonly length: number }[]): number {
  return windows.reduce((sum, { length }) => sum + length, 0);
}

/**
 * A1111's own samplers space their timesteps by 1000 ÷ steps, rounded down, and DDIM and PLMS step from one to the
 * next: one step fewer than timesteps (`modules/sd_samplers_timesteps.py`). 20 steps make 19; 300 make 333, because 3
 * is a rounded spacing.
 */
function timesteps(steps: number): number {
  return Math.ceil(TRAINING_STEPS / Math.floor(TRAINING_STEPS / steps));
}
