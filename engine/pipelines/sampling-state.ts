import { z } from 'zod';

/** A run between two steps: everything that the remaining steps depend on. */
export interface SamplingState {
  /** Steps that are done, from 0 to all. */
  readonly steps: number;
  /** `[frames, 4, height/8, width/8]`, flat. */
  readonly latents: Float32Array;
  /** What the sampler keeps of earlier steps (`Scheduler.history`), each of the latents' shape. */
  readonly history: readonly Float32Array[];
  /** How often a stochastic sampler has drawn noise. */
  readonly noiseDraws: number;
}

/** For a state that was saved. */
export const SamplingState: z.ZodType<SamplingState> = z
  .strictObject({
    steps: z.int().nonnegative(),
    latents: z.instanceof(Float32Array),
    history: z.array(z.instanceof(Float32Array)),
    noiseDraws: z.int().nonnegative(),
  })
  .refine(({ latents, history }) => history.every(({ length }) => length === latents.length));
