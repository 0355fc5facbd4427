import { BrownianTree } from './brownian-tree.ts';
import type { NoiseGenerator } from './generator.ts';

export interface BrownianNoiseOptions {
  readonly generator: NoiseGenerator;
  /** One per frame. */
  readonly seeds: readonly number[];
  /** Latent values of a frame. */
  readonly frameSize: number;
  /** The smallest sigma above 0, and the largest one. */
  readonly range: readonly [number, number];
}

/**
 * The noise of DPM++'s SDE samplers: k-diffusion's `BrownianTreeNoiseSampler` with a seed for each frame, as A1111
 * creates it.
 */
export class BrownianNoise {
  readonly #trees: readonly BrownianTree[];
  readonly #frameSize: number;

  constructor({ generator, seeds, frameSize, range: [from, to] }: BrownianNoiseOptions) {
    this.#trees = seeds.map((seed) => new BrownianTree(seed, Math.fround(from), Math.fround(to), frameSize, generator));
    this.#frameSize = frameSize;
  }

  /** For the step from one sigma to a lower one, `[frames, frameSize]`, flat. */
  between(sigma: number, sigmaNext: number): Float32Array {
    const [t0, t1] = [Math.fround(sigma), Math.fround(sigmaNext)];
    // The path is walked from its end, so its increments are negated.
    const factor = Math.fround(Math.sqrt(Math.fround(t0 - t1)));
    const out = new Float32Array(this.#trees.length * this.#frameSize);
    this.#trees.forEach((tree, frame) => {
      out.set(
        tree.increment(t1, t0).map((value) => -value / factor),
        frame * this.#frameSize,
      );
    });
    return out;
  }
}
