import { z } from 'zod';
import { needs, setting, used } from './about.ts';
import { LocalFile } from './value-types.ts';

/** The models, the length of the clip, and which frames are denoised together. */
export const modelAndTimeSettings = {
  checkpoint: setting(LocalFile.default('pocket'), {
    group: 'Models',
    description:
      'The Stable Diffusion 1.5 checkpoint: a path, or its name in the model folders. `pocket` is built in, and small enough to try things out quickly.',
    examples: ['pocket', 'toonyou_beta6.safetensors'],
    use: used,
    file: 'checkpoint',
  }),
  text_encoder: setting(LocalFile.optional(), {
    group: 'Models',
    description:
      'The CLIP text encoder that prompts are encoded with: a path, or its name in the model folders. By default, the checkpoint’s own one. A file with a UNet alone, as ComfyUI keeps in `models/unet`, has none and needs this and `vae`.',
    examples: ['clip_l.safetensors'],
    use: used,
    file: 'text-encoder',
  }),
  vae: setting(LocalFile.optional(), {
    group: 'Models',
    description: 'The VAE that decodes latents to pixels. By default, the checkpoint’s own VAE.',
    examples: ['vae-ft-mse-840000-ema-pruned.safetensors'],
    use: used,
    file: 'vae',
  }),
  clip_skip: setting(z.int().min(1).max(12).default(1), {
    group: 'Models',
    description:
      'Which layer of the text encoder to use, counted from the last: 1 is the last layer, 2 the one before it. Many anime models expect 2.',
    examples: ['2'],
    use: used,
  }),
  motion_module: setting(LocalFile.optional(), {
    group: 'Models',
    label: 'Motion module',
    description:
      'The motion module: a path, or its name in the model folders. v3 is the current version, v2 supports motion LoRAs, and community modules such as TemporalDiff add consistency. The module limits the context: 24 frames for v1, 32 for v2 and v3. `none` renders still frames. By default, the module that comes with the checkpoint.',
    examples: ['v3_sd15_mm.ckpt', 'none'],
    use: used,
    file: 'motion-module',
  }),
  motion_module_device: setting(z.enum(['auto', 'gpu', 'cpu']).default('auto'), {
    group: 'Models',
    label: 'Move motion module to CPU',
    description:
      'The device that runs the motion module if a GPU renders the clip. `auto` uses the GPU, or the CPU if the motion module does not fit into the memory of the GPU: about 1.7 GB for v3. That takes longer, because values are copied between the two. If the clip does not fit even so, `device: auto` renders it on the CPU.',
    examples: ['cpu'],
    use: needs('motion-module', 'gpu'),
  }),
  unload_models: setting(z.boolean().default(false), {
    group: 'Models',
    label: 'Remove motion module from any memory',
    description:
      'Unload all models after the render to free memory for other programs. The next render loads them again.',
    use: used,
  }),

  frames: setting(z.int().min(1).max(1_000_000).default(16), {
    group: 'Clip',
    label: 'Number of frames',
    description:
      'Number of frames in the clip. Motion modules were trained on 16 frames, so 16 looks best. Longer clips take longer to render. frames = fps × seconds: 6 seconds at 24 fps are 144 frames.',
    examples: ['16', '32', '144'],
    use: used,
  }),
  fps: setting(z.number().gt(0).max(240).default(8), {
    group: 'Clip',
    label: 'FPS',
    description:
      'Frames per second during playback. Fast motion looks choppy at 8 and fluid at 24; slow motion looks calm at 8 and restless at 24. A fraction such as `24000/1001` is exact.',
    examples: ['8', '12', '24', '24000/1001'],
    use: needs('time'),
  }),
  loop: setting(z.int().min(0).max(65535).default(0), {
    group: 'Clip',
    label: 'Display loop number',
    description:
      'How often GIF, WebP and APNG files play. 0 repeats forever; 3 plays three times and stops at the last frame. MP4, WebM, ProRes and FFV1 have no loop count.',
    examples: ['0', '3'],
    use: needs('format-with-loop-count'),
  }),
  closed_loop: setting(z.enum(['N', 'R-P', 'R+P', 'A']).default('N'), {
    group: 'Clip',
    label: 'Closed loop',
    description: [
      'Whether the end of the clip leads back to its start.',
      '',
      '- `N`: no loop (a rocket that takes off). Windows never wrap.',
      '- `R-P`: windows wrap around the end, prompts do not travel back (a bird that should not fly in circles).',
      '- `R+P`: windows wrap, and prompts travel back to the first one (a car that returns).',
      '- `A`: as `R+P`, with extra windows that close the loop evenly (a unicorn on a rainbow). A clip that fits in one context plays forward and backward instead.',
      '',
      'In sd-webui-animatediff, `R-P` and `R+P` use the same windows, and both wrap; only the prompts differ.',
    ].join('\n'),
    use: needs('clip-longer-than-context', 'looped-windows-or-prompts'),
  }),

  context: setting(z.int().min(1).max(128).default(16), {
    group: 'Context',
    label: 'Context batch size',
    description:
      'Number of frames that the motion module processes together: 16 for SD 1.5. Lower values are choppy and inconsistent; higher values are smoother, slower, and use more memory. The limit is 24 for v1 modules, 32 for v2 and v3.',
    examples: ['16', '24'],
    use: needs('windows-or-loop', 'other-windows'),
  }),
  stride: setting(z.int().min(1).max(32).default(1), {
    group: 'Context',
    label: 'Stride',
    description:
      'Largest distance between the frames of a window. 1 uses only neighboring frames. 2 adds windows of every second frame, which keeps distant frames consistent; 4 adds every second, fourth, and eighth frame if the clip is long enough.',
    examples: ['1', '2', '4'],
    use: needs('motion-module', 'several-windows'),
  }),
  overlap: setting(z.int().min(-1).max(127).default(-1), {
    group: 'Context',
    label: 'Overlap',
    description:
      'Number of frames that neighboring windows share; −1 is a quarter of the context. Higher values are smoother, lower values more varied. Has an effect only if the clip is longer than the context.',
    examples: ['-1', '8'],
    use: needs('motion-module', 'several-windows'),
  }),
  context_schedule: setting(z.enum(['uniform', 'static']).default('uniform'), {
    group: 'Context',
    description:
      'Which windows are used: `uniform` shifts them at every step, so that seams do not stay in one place; `static` uses the same windows at every step.',
    use: needs('travel-dialect', 'motion-module', 'several-windows'),
  }),
  fuse: setting(z.enum(['pyramid', 'flat', 'overwrite']).default('pyramid'), {
    group: 'Context',
    description:
      'How overlapping windows are combined: `pyramid` gives the middle of a window the highest weight, `flat` averages, and `overwrite` uses the last window, as sd-webui-animatediff does.',
    use: needs('travel-dialect', 'motion-module', 'several-windows'),
  }),
};
