import { largest, smallest } from '../../plan/extremes.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import { samplerFacts } from '../../plan/samplers.ts';
import { VAE_FACTOR } from '../models/vae/vae-factor.ts';
import { BrownianNoise } from '../random/brownian-noise.ts';
import { FrameNoise } from '../random/frame-noise.ts';
import type { NoiseGenerator } from '../random/generator.ts';
import { sigmaSteps } from '../schedulers/a1111.ts';
import type { BetaSchedule } from '../schedulers/betas.ts';
import { hasFading } from './image-to-image.ts';

/** All noise of a run, standard normal, `[frames, 4, height/8, width/8]`, flat. */
export interface RunNoise {
  /** That is mixed into images which fade, before the run adds its own; null: nothing fades. */
  readonly fading: Float32Array | null;
  /** That the run starts from. */
  readonly initial: Float32Array;
  /** For a step from one noise level to a lower one. */
  between(from: number, to: number): Float32Array;
  /** As if so many steps had drawn their noise already. */
  skip(draws: number): void;
}

/** The noise of a plan, as A1111's. */
export function runNoise(
  { sampling, frames, width, height }: Pick<TravelPlan, 'sampling' | 'frames' | 'width' | 'height'>,
  betas: BetaSchedule,
): RunNoise {
  const { seed, rng, noise } = sampling;
  // A GPU's generator is computed on the CPU.
  const generator: NoiseGenerator = rng === 'cpu' ? 'cpu' : 'nv';
  const shape = { channels: 4, height: height / VAE_FACTOR, width: width / VAE_FACTOR };
  const varies = noise.subseedStrength > 0;
  // With a variation, all frames have the same seed, and their subseeds differ (processing.py).
  const seedsOf = (indices: readonly number[]) => indices.map((index) => (varies ? seed : seed + index));
  const noiseFrom = (indices: readonly number[]) =>
    new FrameNoise({
      generator,
      seeds: seedsOf(indices),
      shape,
      etaNoiseSeedDelta: noise.etaNoiseSeedDelta,
      variation: varies
        ? { subseeds: indices.map((index) => noise.subseed + index), strength: noise.subseedStrength }
        : null,
      resizeFrom: noise.resizeFrom && {
        height: noise.resizeFrom.height / VAE_FACTOR,
        width: noise.resizeFrom.width / VAE_FACTOR,
      },
    });
  const indices = frames.map(({ index }) => index);
  const drawn = noiseFrom(indices);
  const reused = frames.some(({ noiseOf }) => noiseOf !== undefined)
    ? noiseFrom(frames.map(({ index, noiseOf = index }) => noiseOf))
    : null;
  const draw = () => {
    const own = drawn.next();
    return reused?.next() ?? own;
  };
  // sd-webui-animatediff draws once more for images that fade (animatediff_latent.py).
  const fading = hasFading(frames) ? draw() : null;
  const initial = draw();
  if (samplerFacts(sampling.sampler).noise !== 'brownian') {
    return {
      fading,
      initial,
      between: () => drawn.next(),
      skip: (draws) => {
        for (let i = 0; i < draws; i++) drawn.next();
      },
    };
  }
  // Also of a run that begins at a lower level, as in A1111.
  const sigmas = sigmaSteps({ ...sampling, denoising: null }, betas).sigmas.filter((sigma) => sigma > 0);
  const frameSize = shape.channels * shape.height * shape.width;
  const path = new BrownianNoise({
    generator,
    seeds: seedsOf(indices),
    frameSize,
    range: [smallest(sigmas), largest(sigmas)],
  });
  return { fading, initial, between: (from, to) => path.between(from, to), skip: () => undefined };
}
