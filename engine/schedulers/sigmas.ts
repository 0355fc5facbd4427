import { alphasCumprod, type BetaSchedule } from './betas.ts';

/** The sigmas of the training steps, and conversion between sigma and timestep. */
export class SigmaTable {
  /** √((1 − ᾱ) ÷ ᾱ) of each training step, ascending. */
  readonly sigmas: Float32Array;
  readonly #logs: Float32Array;

  constructor(betas: BetaSchedule) {
    this.sigmas = alphasCumprod(betas).map((alpha) => Math.sqrt((1 - alpha) / alpha));
    this.#logs = this.sigmas.map(Math.log);
  }

  get min(): number {
    return this.sigmas[0]!;
  }

  get max(): number {
    return this.sigmas[this.sigmas.length - 1]!;
  }

  /** Sigma at a fractional timestep, interpolated in log sigma: k-diffusion's `t_to_sigma` (external.py). */
  atTimestepByLog(timestep: number): number {
    return Math.exp(interpolate(this.#logs, timestep));
  }

  /** The fractional timestep of a sigma > 0, in log sigma, clamped to the table: k-diffusion's `sigma_to_t`. */
  timestepOf(sigma: number): number {
    const log = Math.log(sigma);
    const logs = this.#logs;
    let low = 0;
    let high = logs.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (logs[middle]! <= log) low = middle;
      else high = middle;
    }
    const share = (log - logs[low]!) / (logs[high]! - logs[low]!);
    return low + Math.min(Math.max(share, 0), 1);
  }
}

function interpolate(table: Float32Array, position: number): number {
  const low = Math.floor(position);
  const share = position - low;
  return (1 - share) * table[low]! + share * table[Math.ceil(position)]!;
}

/**
 * `count` values from `start` to `end`; a single one is `start`. In the order of numpy's operations, because schedulers
 * round some of them to whole timesteps: 15 · (999 ÷ 30) is less than 499.5.
 */
export function linspace(start: number, end: number, count: number): number[] {
  const step = (end - start) / (count - 1);
  return Array.from({ length: count }, (_, i) => (i > 0 && i === count - 1 ? end : i === 0 ? start : start + i * step));
}

/**
 * Sigmas from `max` down to `min` > 0, evenly spaced in sigma^(1/7): Karras et al. 2022, equation 5
 * (k-diffusion's `get_sigmas_karras`).
 */
export function karrasSigmas(min: number, max: number, count: number): number[] {
  const rho = 7;
  return linspace(max ** (1 / rho), min ** (1 / rho), count).map((root) => root ** rho);
}
