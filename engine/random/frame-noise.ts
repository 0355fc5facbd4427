import { createGenerator, type Generator, type NoiseGenerator } from './generator.ts';
import { type NoiseShape, resized } from './seed-resize.ts';
import { slerpColumns } from './slerp-columns.ts';

export type { NoiseShape } from './seed-resize.ts';

export interface FrameNoiseOptions {
  readonly generator: NoiseGenerator;
  /** One per frame. */
  readonly seeds: readonly number[];
  readonly shape: NoiseShape;
  /** Added to the seeds of all noise after the initial one. */
  readonly etaNoiseSeedDelta?: number;
  /** Mixed into the initial noise. */
  readonly variation?: { readonly subseeds: readonly number[]; readonly strength: number } | null;
  /** The initial noise is that of a clip of this size, in the middle of new noise. */
  readonly resizeFrom?: { readonly height: number; readonly width: number } | null;
}

/**
 * A1111's noise for a batch (`ImageRNG`, rng.py): every frame has its own generator, so a frame's noise does not depend
 * on which other frames are rendered. The first draw is a run's initial noise; later ones are for stochastic samplers.
 */
export class FrameNoise {
  readonly #options: FrameNoiseOptions;
  #generators: readonly Generator[];
  #isFirst = true;

  constructor(options: FrameNoiseOptions) {
    this.#options = options;
    this.#generators = options.seeds.map((seed) => createGenerator(options.generator, seed));
  }

  /** The next noise of all frames, `[frames, channels, height, width]`, flat. */
  next(): Float32Array {
    const noises = this.#isFirst ? this.#first() : this.#generators.map((generator) => generator.randn(this.#size));
    this.#isFirst = false;
    const out = new Float32Array(noises.length * this.#size);
    noises.forEach((noise, frame) => {
      out.set(noise, frame * this.#size);
    });
    return out;
  }

  get #size(): number {
    const { channels, height, width } = this.#options.shape;
    return channels * height * width;
  }

  #first(): Float32Array[] {
    const { generator, seeds, shape, variation, resizeFrom, etaNoiseSeedDelta = 0 } = this.#options;
    const drawn = resizeFrom ? { ...shape, ...resizeFrom } : shape;
    const isOther = drawn.height !== shape.height || drawn.width !== shape.width;
    const fresh = (seed: number) => createGenerator(generator, seed).randn(drawn.channels * drawn.height * drawn.width);
    const noises = seeds.map((seed, frame) => {
      let noise = isOther ? fresh(seed) : this.#generators[frame]!.randn(this.#size);
      if (variation && variation.strength !== 0) {
        noise = slerpColumns(noise, fresh(variation.subseeds[frame]!), variation.strength, drawn);
      }
      return isOther ? resized(noise, drawn, this.#generators[frame]!.randn(this.#size), shape) : noise;
    });
    if (etaNoiseSeedDelta !== 0) {
      this.#generators = seeds.map((seed) => createGenerator(generator, seed + etaNoiseSeedDelta));
    }
    return noises;
  }
}
