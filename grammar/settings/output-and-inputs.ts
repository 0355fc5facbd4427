import { z } from 'zod';
import { OutputFormat } from '../../plan/plan.ts';
import { available, needs, setting, used } from './about.ts';
import {
  ControlNetUnit,
  FreeInit,
  FreeNoise,
  Interpolation,
  LocalFile,
  Path,
  travelling,
  VideoInput,
} from './value-types.ts';

/** What is written, which images and videos are read, and the device. */
export const outputAndInputSettings = {
  save: setting(z.array(OutputFormat).min(1).default(['webp']), {
    group: 'Output',
    label: 'Save format',
    description:
      'The formats to save: `gif`, `mp4`, `webp`, `webm`, and `apng` are one file each, and so are `prores` (MOV, for editing) and `ffv1` (MKV, without loss); `png` is a folder of frames, `txt` holds the parameters. `webm`, `prores` and `ffv1` need `ffmpeg`.',
    examples: ['[webp, mp4]'],
    use: used,
  }),
  output: setting(Path.default('renders/{name}/{date}-{seed}'), {
    group: 'Output',
    description:
      'The output path. It is relative to the file and cannot leave the workspace folder; `~` is the home folder. `{name}` is the name of the file, `{date}` the day, `{time}` the time, `{seed}` the seed. A path that ends with a slash is a folder. The extension of a format, as in `clip.mp4`, is left out, and sets `save` if the file does not.',
    examples: ['renders/{name}/{date}-{seed}'],
    use: used,
  }),
  reverse: setting(z.array(z.enum(['add', 'remove_head', 'remove_tail'])).default([]), {
    group: 'Output',
    label: 'Reverse',
    description:
      '`add` appends the frames in reverse order; `remove_head` and `remove_tail` drop the frames that would then appear twice. For frames 1 2 3 4: `[add]` gives 1 2 3 4 4 3 2 1, `[add, remove_head]` 1 2 3 4 4 3 2, `[add, remove_tail]` 1 2 3 4 3 2 1, and all three 1 2 3 4 3 2.',
    examples: ['[add, remove_head, remove_tail]'],
    use: needs('reversed-frames'),
  }),
  audio: setting(z.enum(['off', 'keep']).default('off'), {
    group: 'Output',
    description:
      '`keep` writes the sound of `video › source` into MP4, WebM, ProRes and FFV1 files, from the part that the clip shows. It ends with the frames. Needs `ffmpeg`.',
    use: needs('video-with-sound', 'format-with-sound'),
  }),
  interpolate: setting(Interpolation.optional(), {
    group: 'Output',
    label: 'Frame interpolation',
    description:
      'Adds `x` new frames between every two frames: n frames become n + (n − 1)·x, in a closed loop n·(x + 1). At the same fps, the clip plays slower. `reverse` comes first.',
    examples: ['{method: film, x: 10}'],
    use: used,
  }),

  controlnet: setting(z.array(ControlNetUnit).default([]), {
    group: 'Video and image inputs',
    label: 'ControlNet',
    description:
      'Units that guide shape and motion by edges, line drawings, depth, or poses, with ControlNet models for SD 1.5. Several units add up. A unit’s own `image`, `batch`, or `video` replaces the shared `video`.',
    examples: ['[{model: control_v11p_sd15_canny, preprocessor: canny, image: edges.png, weight: 0.8}]'],
    use: used,
  }),
  video: setting(VideoInput.optional(), {
    group: 'Video and image inputs',
    label: 'Video source, Video path',
    description:
      'A video, or a folder of its frames. Frame i of the clip shows what is on screen in the video at `from` + i ÷ `fps` seconds; `interpolate` adds frames between these without changing the speed. Without `init_image`, each frame starts from its frame of the video (video to video, `denoising_strength`); with `controlnet`, only if `denoising_strength` is set. GIF, WebP, APNG and folders are read directly, other videos by your `ffmpeg`. Local files only: download a video before you use it.',
    examples: ['{source: dance.mp4}', '{source: dance.mp4, from: 1.5, to: 4, repeat: true}', '{path: dance-frames}'],
    use: needs('video-or-init-image', 'video-user'),
  }),
  mask: setting(LocalFile.optional(), {
    group: 'Video and image inputs',
    label: 'Mask path',
    description:
      'Where ControlNet units act: a mask, or a folder with a mask for each frame, ordered by name. They act fully where it is white, and not at all where it is black. Masks of another size are stretched. A unit’s own `mask` replaces it.',
    examples: ['mask.png', 'masks/'],
    use: needs('controlnet'),
    file: 'image-or-folder',
  }),
  init_image: setting(LocalFile.optional(), {
    group: 'Video and image inputs',
    description:
      'The image that the clip starts from (img2img), or a folder with an image for each frame, ordered by name. One image fades from frame to frame (`latent_power`, `latent_scale`). Images of another size are stretched.',
    examples: ['first.png', 'frames/'],
    use: used,
    file: 'image-or-folder',
  }),
  last_frame: setting(LocalFile.optional(), {
    group: 'Video and image inputs',
    label: 'Optional last frame',
    description: 'The image that the clip ends with (img2img). `init_image` is then a single image.',
    examples: ['last.png'],
    use: needs('init-image', 'motion-module', 'single-init-image'),
    file: 'image',
  }),
  inpaint_mask: setting(LocalFile.optional(), {
    group: 'Video and image inputs',
    description:
      'The mask of `init_image`, or of the `video` that frames start from, or a folder with a mask for each frame, ordered by name. White is painted anew, black is kept. Its edge is blurred by 4 pixels, as by default in A1111. Masks of another size are stretched.',
    examples: ['mask.png', 'masks/'],
    use: needs('start-image', 'video-start'),
    file: 'image-or-folder',
  }),
  denoising_strength: setting(travelling(z.number().min(0).max(1)).optional(), {
    group: 'Video and image inputs',
    description:
      'How much `init_image`, or `video`, is changed: 0 keeps it, 1 replaces it, and without this setting, it is 0.75. With `controlnet` and `video`, frames start from the video only if this is set. As in A1111, it is the part of `steps` that is made. Can change over time.',
    examples: ['0.6', '{0: 0.4, -1: 0.8}'],
    use: needs('start-image'),
  }),
  latent_power: setting(z.number().min(0.1).max(10).default(1), {
    group: 'Video and image inputs',
    label: 'Latent power',
    description: 'The power in 1 − i^power ÷ scale, the weight of `init_image` in frame i.',
    use: needs('init-image', 'motion-module', 'single-init-image'),
  }),
  latent_scale: setting(z.number().min(1).max(128).default(32), {
    group: 'Video and image inputs',
    label: 'Latent scale',
    description: 'The scale in 1 − i^power ÷ scale, the weight of `init_image` in frame i.',
    use: needs('init-image', 'motion-module', 'single-init-image'),
  }),
  latent_power_last: setting(z.number().min(0.1).max(10).default(1), {
    group: 'Video and image inputs',
    label: 'Optional latent power for last frame',
    description: 'As `latent_power`, for `last_frame`, counted from the end.',
    use: needs('last-frame'),
  }),
  latent_scale_last: setting(z.number().min(1).max(128).default(32), {
    group: 'Video and image inputs',
    label: 'Optional latent scale for last frame',
    description: 'As `latent_scale`, for `last_frame`, counted from the end.',
    use: needs('last-frame'),
  }),

  motion_scale: setting(travelling(z.number().min(0).max(10)).default(1), {
    group: 'Motion',
    description:
      'Strength of the motion module’s temporal layers: 0 turns them off, values above 1 add motion and artifacts. Can change over time.',
    examples: ['1', '{0: 0.8, -1: 1.2}'],
    use: needs('motion-module'),
  }),
  free_init: setting(FreeInit.optional(), {
    group: 'Motion',
    label: 'FreeInit',
    description:
      'Samples the clip several times, each time keeping the low frequencies of the previous result. Motion is more consistent; each iteration takes as long as a whole render.',
    examples: ['{filter: butterworth, iterations: 3}'],
    use: needs('motion-module'),
  }),
  free_noise: setting(FreeNoise.optional(), {
    group: 'Motion',
    description: 'Reuses the noise of the first context for later frames, so that long clips stay consistent.',
    examples: ['{noise: shuffle_context}'],
    use: needs('several-windows', 'reused-noise'),
  }),

  device: setting(z.enum(['auto', 'cuda', 'dml', 'coreml', 'webgpu', 'cpu']).default('auto'), {
    group: 'Device',
    description:
      'The device that renders. `auto` tries the devices of this computer and uses the fastest one whose results match the CPU. Any other value is used as set: if that device cannot be used, the render fails. What your computer has is better set there, with `--device`, `TRAVEL_DEVICE` or `travel.device`, so that the file renders on others, too; it comes before any value except `cpu`.',
    use: used,
  }),
  precision: setting(z.enum(['auto', 'fp32', 'fp16', 'int8']).default('auto'), {
    group: 'Device',
    description:
      'The precision. The engine computes in fp32 on every device, also with weights that a file has in fp16, so nothing overflows that fp16 could not hold. `int8` multiplies in the linear layers of the UNet, the motion module and ControlNets as 8-bit integers if a CPU renders: with models in full size, a call takes about two thirds of the time with motion, and four fifths without, and pixels differ a little, also if the memory lets other frames be computed together. fp16 is not available: ONNX Runtime computes it as fp32 on x64, and on GPUs it has not been tried yet.',
    use: available('precision', ['auto', 'fp32', 'int8']),
  }),

  dialect: setting(z.enum(['travel', 'webui']).default('travel'), {
    group: 'File',
    description: '`webui` reads prompts and plans windows exactly as sd-webui-animatediff does, including its defects.',
    use: used,
  }),
  extends: setting(LocalFile.optional(), {
    group: 'File',
    description: 'Another `.travel` file, whose settings and definitions apply unless this file sets its own.',
    examples: ['style.travel'],
    use: used,
    file: 'travel',
  }),
};
