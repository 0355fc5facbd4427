import { TorchGenerator } from './torch-cpu.ts';

/**
 * A1111's noise for a batch (`ImageRNG`, rng.py, CPU source): every frame has its own generator, so a frame's noise
 * does not depend on which other frames are rendered. The first draw is a run's initial noise; later ones are for
 * stochastic samplers.
 */
export class FrameNoise {
  readonly #generators: readonly TorchGenerator[];
  readonly #frameSize: number;

  /**
   * @param seeds one per frame; in A1111 `seed + i` for frame i
   * @param frameSize latent values per frame: 4 · height/8 · width/8
   */
  constructor(seeds: readonly number[], frameSize: number) {
    this.#generators = seeds.map((seed) => new TorchGenerator(seed));
    this.#frameSize = frameSize;
  }

  /** The next noise of all frames, `[frames, frameSize]`. */
  next(): Float32Array {
    const out = new Float32Array(this.#generators.length * this.#frameSize);
    this.#generators.forEach((generator, frame) => {
      out.set(generator.randn(this.#frameSize), frame * this.#frameSize);
    });
    return out;
  }
}
