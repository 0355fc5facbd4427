import { z } from 'zod';

/**
 * A context window over positions p₀, p₀ + stride, … (`length` of them), each modulo the number of frames.
 * Positions index the plan's `frames`, not the clip.
 */
export const Window = z.strictObject({
  start: z.int().nonnegative(),
  stride: z.int().positive(),
  length: z.int().positive(),
});
export type Window = z.infer<typeof Window>;

/** The positions that a window covers, in order, in a clip of `frames` frames. */
export function windowPositions(window: Window, frames: number): number[] {
  return Array.from({ length: window.length }, (_, i) => (window.start + i * window.stride) % frames);
}
