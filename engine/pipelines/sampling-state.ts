import { z } from 'zod';
import type { Memory } from '../schedulers/scheduler.ts';

/** FreeInit: what was sampled before this iteration. */
export interface EarlierIterations {
  readonly iterations: number;
  /** That they made. */
  readonly steps: number;
  /** Model calls that they took. */
  readonly calls: number;
  /** That this iteration started from, of the latents' shape. */
  readonly noise: Float32Array;
}

/** A run between two steps: everything that the remaining steps depend on. */
export interface SamplingState {
  /** Steps of this iteration that are done, from 0 to all. */
  readonly steps: number;
  /** Model calls that they took. */
  readonly calls: number;
  /** `[frames, 4, height/8, width/8]`, flat. */
  readonly latents: Float32Array;
  /** What the sampler keeps of earlier steps. */
  readonly memory: Memory;
  /** Whether they are all: some samplers decide that themselves. */
  readonly isWhole: boolean;
  /** How often a stochastic sampler has drawn noise, in earlier iterations, too. */
  readonly noiseDraws: number;
  /** Absent: it is the first iteration. */
  readonly earlier?: EarlierIterations | undefined;
}

/** For a state that was saved. */
export const SamplingState: z.ZodType<SamplingState> = z
  .strictObject({
    steps: z.int().nonnegative(),
    calls: z.int().nonnegative(),
    latents: z.instanceof(Float32Array),
    memory: z.strictObject({ tensors: z.array(z.instanceof(Float32Array)), numbers: z.array(z.number()) }),
    isWhole: z.boolean(),
    noiseDraws: z.int().nonnegative(),
    earlier: z
      .strictObject({
        iterations: z.int().positive(),
        steps: z.int().positive(),
        calls: z.int().positive(),
        noise: z.instanceof(Float32Array),
      })
      .optional(),
  })
  .refine(({ latents, memory, earlier }) =>
    [...memory.tensors, ...(earlier ? [earlier.noise] : [])].every(({ length }) => length === latents.length),
  );
