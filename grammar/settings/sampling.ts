import { z } from 'zod';
import { needs, setting, used } from './about.ts';
import { DeepCache, FreeU, Pixels } from './value-types.ts';

/** Details of samplers, guidance and noise, by A1111's API names. */
export const samplingSettings = {
  cfg_rescale: setting(z.number().min(0).max(1).default(0), {
    group: 'Image',
    description:
      'How far guidance is scaled back to the contrast of the image without it: 0 not at all, 1 completely. About 0.7 helps if a high `cfg_scale` overexposes the image.',
    examples: ['0.7'],
    use: needs('guidance'),
  }),
  freeu: setting(FreeU.optional(), {
    group: 'Image',
    description:
      'FreeU: amplifies features of the UNet’s decoder, and dampens low frequencies of its skip connections, for clearer images without training.',
    examples: ['{b1: 1.5, b2: 1.6, s1: 0.9, s2: 0.2}'],
    use: needs('scaled-features'),
  }),
  deep_cache: setting(DeepCache.optional(), {
    group: 'Image',
    description:
      'DeepCache: faster and approximate. Most sampling steps compute only the outermost layers of the UNet, and reuse what the others gave in an earlier step. Good for drafts; the final clip looks a little different without it.',
    examples: ['{interval: 3}'],
    use: used,
  }),
  eta: setting(z.number().min(0).max(1).optional(), {
    group: 'Image',
    description:
      'How much noise a stochastic sampler adds at each step: 0 adds none. By default 1, and 0 for DDIM and DDIM CFG++.',
    examples: ['0.7'],
    use: needs('eta-sampler'),
  }),
  s_churn: setting(z.number().min(0).max(100).default(0), {
    group: 'Image',
    description: 'Noise that Euler, Heun, and DPM2 add before each step.',
    examples: ['10'],
    use: needs('churn-sampler'),
  }),
  s_tmin: setting(z.number().min(0).max(100).default(0), {
    group: 'Image',
    description: '`s_churn` acts above this noise level.',
    examples: ['0.1'],
    use: needs('churn-sampler', 'churn'),
  }),
  s_tmax: setting(z.number().min(0).max(999).default(0), {
    group: 'Image',
    description: '`s_churn` acts below this noise level; 0 is no limit.',
    examples: ['10'],
    use: needs('churn-sampler', 'churn'),
  }),
  s_noise: setting(z.number().min(0).max(2).default(1), {
    group: 'Image',
    description: 'Factor of the noise that the sampler adds. Values slightly above 1 keep more detail.',
    examples: ['1.003'],
    use: needs('s-noise-sampler'),
  }),
  subseed: setting(z.int().min(-1).default(-1), {
    group: 'Image',
    description:
      'The variation seed, mixed into the noise of `seed` by `subseed_strength`. −1 takes one that follows from the seed. Then all frames have the same seed, and frame i uses subseed + i, as in A1111.',
    examples: ['7'],
    use: needs('subseed-strength'),
  }),
  subseed_strength: setting(z.number().min(0).max(1).default(0), {
    group: 'Image',
    description: 'How much of the noise comes from `subseed`: 0 none, 1 all of it.',
    examples: ['0.1'],
    use: used,
  }),
  seed_resize_from_w: setting(Pixels.optional(), {
    group: 'Image',
    description:
      'Width that the seed was used with before. Together with `seed_resize_from_h`, a clip of another size gets a similar composition.',
    examples: ['512'],
    use: needs('seed-resize'),
  }),
  seed_resize_from_h: setting(Pixels.optional(), {
    group: 'Image',
    description: 'Height that the seed was used with before; see `seed_resize_from_w`.',
    examples: ['512'],
    use: needs('seed-resize'),
  }),
  eta_noise_seed_delta: setting(
    z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(0),
    {
      group: 'Image',
      description: 'Added to the seed of the noise that stochastic samplers add (A1111’s ENSD). NovelAI uses 31337.',
      examples: ['31337'],
      use: needs('drawn-noise'),
    },
  ),
};
