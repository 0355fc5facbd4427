import type { Emphasis } from '../plan/plan.ts';

/** A chunk as the text encoder returns it. */
export interface EncodedChunk {
  /** `[tokens, width]`, row by row. */
  readonly encoded: Float32Array;
  /** One factor per token. */
  readonly multipliers: readonly number[];
}

/**
 * Apply the weights of a prompt to its encoded tokens. `Original` multiplies, then scales the whole batch to its
 * original mean; `No norm` only multiplies; `Ignore` and `None` return the encoding unchanged.
 *
 * The mean is over everything that is encoded together. A1111 encodes the i-th chunks of all variants of a prompt's
 * step schedule together, as often as they occur in it: pass those as `batch`. The mean of a normalized encoding is
 * close to 0, so both means are computed in float64.
 *
 * Source: A1111 `modules/sd_emphasis.py`. If the new mean is 0, nothing is scaled.
 *
 * @returns one array per chunk of the batch, in order
 * @throws when the number of values is not a multiple of the number of multipliers
 */
export function applyEmphasis(emphasis: Emphasis, batch: readonly EncodedChunk[]): Float32Array[] {
  if (emphasis === 'Ignore' || emphasis === 'None') return batch.map(({ encoded }) => encoded);
  const weighted = batch.map(multiply);
  if (emphasis === 'No norm') return weighted;
  const before = batch.reduce((total, { encoded }) => total + sum(encoded), 0);
  const after = weighted.reduce((total, values) => total + sum(values), 0);
  const scale = before / after;
  return Number.isFinite(scale) ? weighted.map((values) => values.map((value) => value * scale)) : weighted;
}

function multiply({ encoded, multipliers }: EncodedChunk): Float32Array {
  const width = encoded.length / multipliers.length;
  if (!Number.isInteger(width)) {
    throw new Error(
      `${encoded.length} encoded values cannot be weighted by ${multipliers.length} tokens' multipliers.`,
    );
  }
  const weighted = new Float32Array(encoded.length);
  for (let token = 0; token < multipliers.length; token++) {
    const multiplier = Math.fround(multipliers[token]!);
    for (let i = token * width; i < (token + 1) * width; i++) weighted[i] = encoded[i]! * multiplier;
  }
  return weighted;
}

function sum(values: Float32Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
