/** The noise levels that a model knows, and conversion between sigma and timestep. */
export interface Sigmas {
  /** Ascending. */
  readonly sigmas: Float32Array;
  readonly min: number;
  readonly max: number;
  /** The timesteps of the largest and of the smallest sigma. */
  readonly ends: readonly [number, number];
  /** The timestep of a sigma > 0. */
  timestepOf(sigma: number): number;
  sigmaAt(timestep: number): number;
}

/** The sigmas of training steps, interpolated in log sigma: k-diffusion's `DiscreteSchedule` (external.py). */
export class SigmaTable implements Sigmas {
  readonly sigmas: Float32Array;
  readonly #logs: Float32Array;

  /** @param alphas ᾱ of each training step, descending; sigma is √((1 − ᾱ) ÷ ᾱ) */
  constructor(alphas: Float32Array) {
    this.sigmas = alphas.map((alpha) => Math.sqrt((1 - alpha) / alpha));
    this.#logs = this.sigmas.map(Math.log);
  }

  get min(): number {
    return this.sigmas[0]!;
  }

  get max(): number {
    return this.sigmas[this.sigmas.length - 1]!;
  }

  get ends(): readonly [number, number] {
    return [this.sigmas.length - 1, 0];
  }

  /** Sigma at a fractional timestep: k-diffusion's `t_to_sigma`. */
  sigmaAt(timestep: number): number {
    const low = Math.floor(timestep);
    const share = timestep - low;
    return Math.exp((1 - share) * this.#logs[low]! + share * this.#logs[Math.ceil(timestep)]!);
  }

  /** The fractional timestep of a sigma > 0, clamped to the table: k-diffusion's `sigma_to_t`. */
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

/**
 * `count` values from `start` to `end`; a single one is `start`. In the order of numpy's operations, because schedulers
 * round some of them to whole timesteps: 15 · (999 ÷ 30) is less than 499.5.
 */
export function linspace(start: number, end: number, count: number): number[] {
  const step = (end - start) / (count - 1);
  return Array.from({ length: count }, (_, i) => (i > 0 && i === count - 1 ? end : i === 0 ? start : start + i * step));
}

/**
 * Sigmas from `max` down to `min`, evenly spaced in sigma^(1/7): Karras et al. 2022, equation 5 (k-diffusion's
 * `get_sigmas_karras`).
 */
export function karrasSigmas(min: number, max: number, count: number): number[] {
  const rho = 7;
  return linspace(max ** (1 / rho), min ** (1 / rho), count).map((root) => root ** rho);
}
