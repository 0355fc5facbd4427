import { seededRandom } from '../wildcards/random.ts';

/** Where the noise of frames beyond the first context comes from. */
export type FreeNoiseKind = 'shuffle_context' | 'repeat_context' | 'random';

export interface FreeNoiseOptions {
  readonly frames: number;
  /** Frames of a context window. */
  readonly context: number;
  /** Frames that neighboring windows share. */
  readonly overlap: number;
  readonly kind: FreeNoiseKind;
  /** 0 … 2³² − 1, decides how frames are shuffled. */
  readonly seed: number;
}

/**
 * FreeNoise, Qiu et al. 2023, "FreeNoise: Tuning-Free Longer Video Diffusion via Noise Rescheduling": the noise of the
 * first context is used again for later frames. Shuffled, every part that the windows move on by has the noise of the
 * part one context before it, in another order.
 *
 * @returns for each frame the one whose initial noise it has
 */
export function freeNoise({ frames, context, overlap, kind, seed }: FreeNoiseOptions): number[] {
  const order = Array.from({ length: frames }, (_, frame) => frame);
  if (kind === 'random') return order;
  if (kind === 'repeat_context') return order.map((frame) => frame % context);
  const stride = Math.max(1, context - overlap);
  const next = seededRandom(seed);
  for (let start = context; start < frames; start += stride) {
    const part = shuffled(order.slice(start - context, start - context + stride), next);
    for (let i = 0; i < stride && start + i < frames; i++) order[start + i] = part[i]!;
  }
  return order;
}

/** Fisher and Yates' shuffle. */
function shuffled(values: readonly number[], next: () => number): number[] {
  const out = [...values];
  for (let i = out.length - 1; i > 0; i--) {
    const other = Math.floor(next() * (i + 1));
    [out[i], out[other]] = [out[other]!, out[i]!];
  }
  return out;
}
