import { z } from 'zod';
import { about } from './about.ts';
import { LocalFile } from './value-types.ts';

/** What is loaded, how long the clip is, and which frames are seen together. */
export const modelAndTimeSettings = {
  checkpoint: LocalFile.default('pocket').meta(
    about({
      group: 'Models',
      description:
        'The Stable Diffusion 1.5 checkpoint that paints the frames: a file, or its name in your model folders. `pocket` is built in and small, for trying things out.',
      examples: ['pocket', 'toonyou_beta6.safetensors'],
    }),
  ),
  vae: LocalFile.optional().meta(
    about({
      group: 'Models',
      description: 'The VAE that turns latents into pixels. Without it, the checkpoint’s own.',
      examples: ['vae-ft-mse-840000-ema-pruned.safetensors'],
    }),
  ),
  clip_skip: z
    .int()
    .min(1)
    .max(12)
    .default(1)
    .meta(
      about({
        group: 'Models',
        description:
          'Which layer of the text encoder is used: 1 the last, 2 the one before it, as many anime models want.',
        examples: ['2'],
      }),
    ),
  motion_module: LocalFile.optional().meta(
    about({
      group: 'Models',
      label: 'Motion module',
      description:
        'The network that gives motion, chosen by style and stability. v3 is the current one, v2 takes motion LoRAs, community modules such as TemporalDiff add consistency. The module decides how many frames fit in a context: 24 for v1, 32 for v2 and v3. `none` makes still frames. Without this setting, the one that belongs to the checkpoint.',
      examples: ['v3_sd15_mm.ckpt', 'none'],
    }),
  ),
  motion_module_device: z
    .enum(['auto', 'gpu', 'cpu'])
    .default('auto')
    .meta(
      about({
        group: 'Models',
        label: 'Move motion module to CPU',
        description:
          'Where the motion module runs. `cpu` saves GPU memory (less than 8 GB, more than 100 frames, sizes above 512×512) and costs time. `auto` takes the CPU when memory would not do.',
      }),
    ),
  unload_models: z
    .boolean()
    .default(false)
    .meta(
      about({
        group: 'Models',
        label: 'Remove motion module from any memory',
        description:
          'Frees all models after the render, so that other programs have the memory. The next render loads them again.',
      }),
    ),

  frames: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(16)
    .meta(
      about({
        group: 'Clip',
        label: 'Number of frames',
        description:
          'Length of the clip. Modules were trained on 16 frames, so 16 looks best; more is longer and slower to make. frames = fps × seconds: 6 s at 24 fps are 144.',
        examples: ['16', '32', '144'],
      }),
    ),
  fps: z
    .number()
    .gt(0)
    .max(240)
    .default(8)
    .meta(
      about({
        group: 'Clip',
        label: 'FPS',
        description:
          'Frames a second when played. 8 is choppy for a runner and dreamy for a sleeper; 24 is fluid for a runner and restless for a sleeper.',
        examples: ['8', '12', '24'],
      }),
    ),
  loop: z
    .int()
    .min(0)
    .max(65535)
    .default(0)
    .meta(
      about({
        group: 'Clip',
        label: 'Display loop number',
        description: 'How often the file plays. 0 is for ever; 3 plays three times and stops on the last frame.',
        examples: ['0', '3'],
      }),
    ),
  closed_loop: z
    .enum(['N', 'R-P', 'R+P', 'A'])
    .default('N')
    .meta(
      about({
        group: 'Clip',
        label: 'Closed loop',
        description: [
          'Whether the end of the clip leads back to its beginning.',
          '',
          '- `N`: it does not (a rocket that leaves). Windows never wrap.',
          '- `R-P`: windows wrap around the end, prompts do not travel back (a bird that should not fly in circles).',
          '- `R+P`: windows wrap and prompts travel back to the first (a car that returns).',
          '- `A`: as `R+P`, with extra windows that close the loop evenly (a unicorn on a rainbow). A clip no longer than the context is played forwards and backwards.',
          '',
          'In sd-webui-animatediff, `R-P` and `R+P` use the same windows, and both wrap; only the prompts differ.',
        ].join('\n'),
      }),
    ),

  context: z
    .int()
    .min(1)
    .max(128)
    .default(16)
    .meta(
      about({
        group: 'Context',
        label: 'Context batch size',
        description:
          'Frames that the motion module sees together: 16 for SD 1.5. Too low is choppy, inconsistent and noisy; higher is smoother, slower and takes more memory. The module’s limit is 24 for v1, 32 for v2 and v3.',
        examples: ['16', '24'],
      }),
    ),
  stride: z
    .int()
    .min(1)
    .max(32)
    .default(1)
    .meta(
      about({
        group: 'Context',
        label: 'Stride',
        description:
          'Distance between the frames of a window. 1: neighbours only. 2 adds windows of every second frame, which ties distant frames together; 4 adds every second, fourth and eighth, where the clip is long enough.',
        examples: ['1', '2', '4'],
      }),
    ),
  overlap: z
    .int()
    .min(-1)
    .max(127)
    .default(-1)
    .meta(
      about({
        group: 'Context',
        label: 'Overlap',
        description:
          'Frames that neighbouring windows share; −1 is a quarter of the context. More is smoother, less is more varied. It matters only where the clip is longer than the context.',
        examples: ['-1', '8'],
      }),
    ),
  context_schedule: z
    .enum(['uniform', 'static'])
    .default('uniform')
    .meta(
      about({
        group: 'Context',
        description:
          'Which windows are used: `uniform` moves them with every step, so that no seam stays in one place; `static` has the same windows at every step.',
      }),
    ),
  fuse: z
    .enum(['pyramid', 'flat', 'overwrite'])
    .default('pyramid')
    .meta(
      about({
        group: 'Context',
        description:
          'How overlapping windows are combined: `pyramid` counts the middle of a window most, `flat` averages, `overwrite` lets the last window win, as sd-webui-animatediff does.',
      }),
    ),
};
