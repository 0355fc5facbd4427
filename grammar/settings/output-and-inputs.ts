import { z } from 'zod';
import { OutputFormat } from '../../plan/plan.ts';
import { about } from './about.ts';
import {
  ControlNetUnit,
  FreeInit,
  FreeNoise,
  Interpolation,
  LocalFile,
  travelling,
  VideoInput,
} from './value-types.ts';

/** What is written, what pictures go in, and the machine. */
export const outputAndInputSettings = {
  save: z
    .array(OutputFormat)
    .min(1)
    .default(['webp'])
    .meta(
      about({
        group: 'Output',
        label: 'Save format',
        description:
          'What is written: `gif`, `mp4`, `webp` and `webm` are one file, `png` a folder of frames, `txt` the parameters.',
        examples: ['[webp, mp4]'],
      }),
    ),
  output: z
    .string()
    .min(1)
    .default('renders/{name}/{date}-{seed}')
    .meta(
      about({
        group: 'Output',
        description:
          'Where it is written, without extension. `{name}` is the name of the file, `{date}` the day, `{seed}` the seed. A path that ends with a slash is a folder.',
        examples: ['renders/{name}/{date}-{seed}'],
      }),
    ),
  reverse: z
    .array(z.enum(['add', 'remove_head', 'remove_tail']))
    .default([])
    .meta(
      about({
        group: 'Output',
        label: 'Reverse',
        description:
          '`add` appends the frames backwards; `remove_head` and `remove_tail` drop the doubled ends. Of 1 2 3 4: `[add]` is 1 2 3 4 4 3 2 1, `[add, remove_head]` 1 2 3 4 4 3 2, `[add, remove_tail]` 1 2 3 4 3 2 1, all three 1 2 3 4 3 2.',
        examples: ['[add, remove_head, remove_tail]'],
      }),
    ),
  interpolate: Interpolation.optional().meta(
    about({
      group: 'Output',
      label: 'Frame interpolation',
      description:
        'Makes `x` new frames in each gap between two: n frames become n + (n − 1)·x. At the same fps the clip is slower.',
      examples: ['{method: film, x: 10}'],
    }),
  ),

  controlnet: z
    .array(ControlNetUnit)
    .default([])
    .meta(
      about({
        group: 'Video and pictures',
        label: 'ControlNet',
        description:
          'Units that guide shape and motion by pictures: depth, edges, normals, poses. Several add up. A unit’s own `image`, `batch` or `video` wins over the shared `video`.',
        examples: ['[{model: control_v11p_sd15_openpose.pth, preprocessor: openpose, weight: 0.8}]'],
      }),
    ),
  video: VideoInput.optional().meta(
    about({
      group: 'Video and pictures',
      label: 'Video source, Video path',
      description:
        'A video, or a folder of its frames, for every unit without an input of its own. Local files only: download a link first.',
      examples: ['{source: dance.mp4}', '{path: dance-frames}'],
    }),
  ),
  mask: LocalFile.optional().meta(
    about({
      group: 'Video and pictures',
      label: 'Mask path',
      description: 'A folder of masks, one a frame: ControlNet acts where they are white.',
    }),
  ),
  init_image: LocalFile.optional().meta(
    about({
      group: 'Video and pictures',
      description: 'The picture that the clip starts from (img2img).',
      examples: ['first.png'],
    }),
  ),
  last_frame: LocalFile.optional().meta(
    about({
      group: 'Video and pictures',
      label: 'Optional last frame',
      description: 'The picture that the clip ends with (img2img).',
    }),
  ),
  denoising_strength: travelling(z.number().min(0).max(1))
    .default(0.75)
    .meta(
      about({
        group: 'Video and pictures',
        description: 'How much of the starting picture is painted anew: 0 nothing, 1 all. May change over time.',
      }),
    ),
  latent_power: z
    .number()
    .min(0.1)
    .max(10)
    .default(1)
    .meta(
      about({
        group: 'Video and pictures',
        label: 'Latent power',
        description: 'The power in 1 − i^power ÷ scale, the part of the first picture in frame i.',
      }),
    ),
  latent_scale: z
    .number()
    .min(1)
    .max(128)
    .default(32)
    .meta(
      about({
        group: 'Video and pictures',
        label: 'Latent scale',
        description: 'The scale in 1 − i^power ÷ scale, the part of the first picture in frame i.',
      }),
    ),
  latent_power_last: z
    .number()
    .min(0.1)
    .max(10)
    .default(1)
    .meta(
      about({
        group: 'Video and pictures',
        label: 'Optional latent power for last frame',
        description: 'As `latent_power`, for the last picture, counted from the end.',
      }),
    ),
  latent_scale_last: z
    .number()
    .min(1)
    .max(128)
    .default(32)
    .meta(
      about({
        group: 'Video and pictures',
        label: 'Optional latent scale for last frame',
        description: 'As `latent_scale`, for the last picture, counted from the end.',
      }),
    ),

  motion_scale: travelling(z.number().min(0).max(10))
    .default(1)
    .meta(
      about({
        group: 'Motion',
        description:
          'Strength of the motion module’s temporal layers: 0 none, above 1 more motion and more artefacts. May change over time.',
        examples: ['1', '{0: 0.8, -1: 1.2}'],
      }),
    ),
  free_init: FreeInit.optional().meta(
    about({
      group: 'Motion',
      label: 'FreeInit',
      description:
        'Samples the clip several times, keeping the slow part of the noise from the last result: calmer, and as many times slower.',
      examples: ['{filter: butterworth, iterations: 3}'],
    }),
  ),
  free_noise: FreeNoise.optional().meta(
    about({
      group: 'Motion',
      description: 'Uses the noise of the first context again for later frames, so that long clips stay alike.',
      examples: ['{noise: shuffle_context}'],
    }),
  ),

  device: z
    .enum(['auto', 'cuda', 'dml', 'coreml', 'webgpu', 'cpu'])
    .default('auto')
    .meta(
      about({
        group: 'Machine',
        description:
          'What computes. `auto` tries what the machine offers, proves it against the CPU and takes the fastest that is right.',
      }),
    ),
  precision: z
    .enum(['auto', 'fp32', 'fp16'])
    .default('auto')
    .meta(
      about({
        group: 'Machine',
        description:
          'How precise numbers are. `auto` takes fp16 where the device has it and repeats in fp32 when a result is not a number.',
      }),
    ),

  dialect: z
    .enum(['travel', 'webui'])
    .default('travel')
    .meta(
      about({
        group: 'File',
        description:
          '`webui` reads the prompt and plans the windows exactly as sd-webui-animatediff does, its defects included.',
      }),
    ),
  extends: LocalFile.optional().meta(
    about({
      group: 'File',
      description: 'Another `.travel` file, whose settings and definitions hold where this file has none of its own.',
      examples: ['style.travel'],
    }),
  ),
};
