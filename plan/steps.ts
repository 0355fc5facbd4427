import { z } from 'zod';

/** Every supported model was trained with so many steps. */
export const TRAINING_STEPS = 1000;

interface SamplerSteps {
  /** Steps that the sampler makes when `steps` are asked for. */
  readonly made: (steps: number) => number;
}

const asAsked: SamplerSteps = { made: (steps) => steps };

/** The samplers that the engine has, by A1111's names. */
const SAMPLER_STEPS = {
  DDIM: { made: ddimSteps },
  Euler: asAsked,
  'Euler a': asAsked,
  'DPM++ 2M': asAsked,
} as const satisfies Readonly<Record<string, SamplerSteps>>;

export const SAMPLERS = Object.keys(SAMPLER_STEPS) as readonly (keyof typeof SAMPLER_STEPS)[];
export const Sampler = z.enum(SAMPLERS);
export type Sampler = z.infer<typeof Sampler>;

/**
 * Steps that a render makes: rows of `context.windows`, timesteps of the scheduler, the total that progress shows.
 *
 * @param sampling `steps` as the file sets them, 1 … 1000
 * @returns 0 if the sampler cannot make so few
 */
export function samplingSteps({ sampler, steps }: { readonly sampler: Sampler; readonly steps: number }): number {
  return SAMPLER_STEPS[sampler].made(steps);
}

/**
 * How often a render predicts the noise of a window, over all steps: the total of the sampling stage. Every sampler so
 * far predicts once in each step.
 */
export function modelCalls(windows: readonly { readonly length: number }[]): number {
  return windows.reduce((sum, { length }) => sum + length, 0);
}

/**
 * A1111's DDIM spaces its timesteps by 1000 ÷ steps, rounded down, and steps from one to the next: one step fewer than
 * timesteps (`modules/sd_samplers_timesteps.py`). 20 steps make 19; 300 make 333, because 3 is a rounded spacing.
 */
function ddimSteps(steps: number): number {
  return Math.ceil(TRAINING_STEPS / Math.floor(TRAINING_STEPS / steps)) - 1;
}
