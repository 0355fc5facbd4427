import { z } from 'zod';
import type { Memory } from '../schedulers/scheduler.ts';

/** A run between two steps: everything that the remaining steps depend on. */
export interface SamplingState {
  /** Steps that are done, from 0 to all. */
  readonly steps: number;
  /** Model calls that they took. */
  readonly calls: number;
  /** `[frames, 4, height/8, width/8]`, flat. */
  readonly latents: Float32Array;
  /** What the sampler keeps of earlier steps. */
  readonly memory: Memory;
  /** Whether they are all: some samplers decide that themselves. */
  readonly isWhole: boolean;
  /** How often a stochastic sampler has drawn noise. */
  readonly noiseDraws: number;
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
  })
  .refine(({ latents, memory }) => memory.tensors.every(({ length }) => length === latents.length));
