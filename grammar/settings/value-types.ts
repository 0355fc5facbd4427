import { z } from 'zod';
import { ANNOTATOR_ALIASES } from '../../plan/annotators.ts';
import { parseEasing } from '../../plan/easing.ts';
import { PREPROCESSORS as NAMES, NETWORK_ALIASES } from '../../plan/network-annotators.ts';
import { parseHold } from '../time/position.ts';
import { available, inherited, needs, part, partsObject } from './about.ts';
import { controlCharacterIn } from './escapes.ts';

/** What a refinement found; validation makes the issue with its place from it. */
export const REFINEMENTS = [
  'link',
  'control-character',
  'not-a-position',
  'no-position',
  'definition-name',
  'transition',
  'not-multiple-of-8',
  'video-source',
] as const;
export type Refinement = (typeof REFINEMENTS)[number];

const failing = (refinement: Refinement, message: string = refinement) => ({ params: { refinement }, message });

/** A path. Control characters come from escapes that were not meant, and Windows allows none in a name. */
export const Path = z
  .string()
  .min(1)
  .refine((text) => controlCharacterIn(text) === null, failing('control-character'));

/** A file on this computer, or the name of one in the model folders. Links are refused: nothing is downloaded. */
export const LocalFile = Path.refine(
  (text) => !/^(?:[a-z][a-z0-9+.-]+:\/\/|data:)/i.test(text) && !/^(?:www\.)?(?:youtube\.com|youtu\.be)\//i.test(text),
  failing('link'),
);

/** Values at positions; a range holds one for all of its frames. */
const atPositions = <T extends z.ZodType>(value: T) =>
  z
    .record(
      z.string().refine((text) => parseHold(text) !== null, failing('not-a-position')),
      value,
    )
    .refine((map) => Object.keys(map).length > 0, failing('no-position'));

/** A number that may change over time: one value, or a map of positions (`{0: 7, 50%: 9}`), mixed linearly. */
export const travelling = <T extends z.ZodNumber>(value: T) => z.union([value, atPositions(value)]);

/** The name of a definition is one word, so that it can follow `$`. */
export const DEFINITION_NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;

export const Definitions = z.record(
  z.string().refine((text) => DEFINITION_NAME.test(text), failing('definition-name')),
  z.string(),
);

export const Transition = z.string().superRefine((text, context) => {
  const parsed = parseEasing(text);
  if (!parsed.ok) context.addIssue({ code: 'custom', ...failing('transition', parsed.message) });
});

/** Width and height. */
export const Pixels = z
  .int()
  .min(8)
  .max(8192)
  .refine((value) => value % 8 === 0, failing('not-multiple-of-8'));

/** ControlNet preprocessors, by sd-webui-controlnet's names and by their short ones. */
export const PREPROCESSORS = [
  ...NAMES,
  ...(Object.keys({ ...ANNOTATOR_ALIASES, ...NETWORK_ALIASES }) as (
    | keyof typeof ANNOTATOR_ALIASES
    | keyof typeof NETWORK_ALIASES
  )[]),
];

export const ControlNetUnit = partsObject({
  model: part(LocalFile, {
    description: 'The ControlNet model: a path, or its name in the model folders.',
    use: inherited,
    file: 'controlnet',
  }),
  preprocessor: part(z.enum(PREPROCESSORS).default('none'), {
    description:
      'Makes the map that the model expects from each image, as sd-webui-controlnet does with “Pixel Perfect”. `none` if the images already are maps. `lineart`, `scribble`, `tile`, `depth`, `normal`, and `softedge` are `lineart_standard`, `scribble_xdog`, `tile_resample`, `depth_midas`, `normal_midas`, and `softedge_pidinet`. Those for depth, normals, soft edges, poses, and trained drawings need networks from your model folders.',
    use: inherited,
  }),
  weight: part(travelling(z.number().min(0).max(2)).default(1), {
    description: 'Strength of the unit. Can change over time; in frames with 0, the unit does not act.',
    use: inherited,
  }),
  start: part(z.number().min(0).max(1).default(0), {
    description: 'The fraction of the sampling steps, 0 to 1, at which the unit starts.',
    use: inherited,
  }),
  end: part(z.number().min(0).max(1).default(1), {
    description: 'The fraction of the sampling steps, 0 to 1, at which the unit ends.',
    use: inherited,
  }),
  mode: part(z.enum(['balanced', 'prompt', 'control']).default('balanced'), {
    description:
      'Whether the prompt or the control image is more important, or both are `balanced`. With `control`, the unit does not act on the negative prompt.',
    use: inherited,
  }),
  resize: part(z.enum(['crop', 'fill', 'stretch']).default('crop'), {
    description: 'How an image with another aspect ratio is resized: cropped, filled up at its sides, or stretched.',
    use: inherited,
  }),
  normalise: part(z.enum(['frame', 'clip']).default('frame'), {
    description:
      'Whether each depth map has a scale of its own, from its nearest to its farthest point, or all have that of the whole `clip`, so that they do not flicker.',
    use: needs('depth-preprocessor'),
  }),
  empty: part(z.enum(['use', 'hold', 'off']).default('use'), {
    description:
      'What is done in frames whose map is black, because the preprocessor found nothing: `use` guides by it, `hold` keeps the last map that is not black, `off` is as `weight: 0`.',
    use: inherited,
  }),
  image: part(z.union([LocalFile, atPositions(LocalFile)]).optional(), {
    description:
      'One image for all frames, or images at positions (`{0: a.png, 8-12: b.png}`). The unit does not act on frames without one.',
    use: inherited,
    file: 'image',
  }),
  batch: part(LocalFile.optional(), {
    description: 'A folder of images, one per frame, ordered by name.',
    use: inherited,
    file: 'image-folder',
  }),
  video: part(LocalFile.optional(), {
    description: 'A video: each frame gets what it shows at the time of the frame.',
    use: inherited,
    file: 'video',
  }),
  mask: part(LocalFile.optional(), {
    description: 'The unit’s own mask, or folder of masks, instead of the shared `mask`.',
    use: inherited,
    file: 'image-or-folder',
  }),
});

export const VideoInput = partsObject({
  source: part(LocalFile.optional(), {
    description: 'A video, GIF, animated WebP or APNG.',
    use: inherited,
    file: 'video',
  }),
  path: part(LocalFile.optional(), {
    description: 'A folder of images, one per frame, ordered by name: `frame2` comes before `frame10`.',
    use: inherited,
    file: 'image-folder',
  }),
  from: part(z.number().min(0).default(0), {
    description: 'Where the clip starts, in seconds after the first frame. In a folder, frames are counted at `fps`.',
    use: inherited,
  }),
  to: part(z.number().gt(0).optional(), {
    description: 'Where it ends, in seconds after the first frame. Without it, at the end.',
    use: inherited,
  }),
  repeat: part(z.boolean().default(false), {
    description: 'Starts again after the end, if the clip is longer.',
    use: inherited,
  }),
})
  .refine(({ source, path }) => (source === undefined) !== (path === undefined), failing('video-source'))
  .superRefine(({ from, to }, context) => {
    // The range of `to` is reported by itself.
    if (to === undefined || to > from || to <= 0) return;
    const message = `\`to\` (${to} s) is not after \`from\` (${from} s). Use a later \`to\`, or remove it.`;
    context.addIssue({ code: 'custom', path: ['to'], message });
  });

export const Interpolation = partsObject({
  method: part(z.enum(['off', 'blend', 'film', 'rife']).default('off'), {
    description:
      'How the new frames are made: `blend` mixes two frames, `film` moves what is in them, with the FILM model (`film_net_fp16.pt`) in a model folder.',
    use: available('interpolation method', ['off', 'blend', 'film'], 'gaps'),
  }),
  x: part(z.int().min(1).max(100).default(10), {
    description:
      'Number of new frames in each gap. In the webui dialect, how many times as many frames there are about (*Interp X*).',
    use: needs('interpolation-method'),
  }),
  cuts: part(z.enum(['keep', 'ignore']).default('keep'), {
    description:
      'Whether frames of different scenes are repeated instead of mixed: at a `cut` transition, and where frames differ much more than the others. The webui dialect mixes them.',
    use: needs('interpolation-method', 'scene-cuts'),
  }),
});

/** FreeInit's parameters, named as in its paper and in sd-webui-animatediff. */
export const FreeInit = partsObject({
  filter: part(z.enum(['butterworth', 'gaussian', 'box', 'ideal']).default('butterworth'), {
    description: 'Shape of the low-pass filter.',
    use: inherited,
  }),
  d_s: part(z.number().min(0).max(1).default(0.25), {
    description: 'Spatial stop frequency of the filter.',
    use: inherited,
  }),
  d_t: part(z.number().min(0).max(1).default(0.25), {
    description: 'Temporal stop frequency of the filter.',
    use: inherited,
  }),
  iterations: part(z.int().min(2).max(5).default(3), {
    description: 'How often the clip is sampled. Each iteration takes as long as a whole render.',
    use: inherited,
  }),
});

/** FreeU's factors, named as in its paper. */
export const FreeU = partsObject({
  b1: part(z.number().min(0).max(4).default(1.5), {
    description: 'Factor of half of the channels that the first decoder blocks get, of 1280 channels in SD 1.5.',
    use: inherited,
  }),
  b2: part(z.number().min(0).max(4).default(1.6), {
    description: 'The same for the next blocks, of 640 channels.',
    use: inherited,
  }),
  s1: part(z.number().min(0).max(4).default(0.9), {
    description: 'Factor of the low frequencies of the first skip connections.',
    use: inherited,
  }),
  s2: part(z.number().min(0).max(4).default(0.2), { description: 'The same for the next ones.', use: inherited }),
});

/** DeepCache's uniform interval. */
export const DeepCache = partsObject({
  interval: part(z.int().min(2).max(10).default(3), {
    description: 'Every so many model calls, the whole UNet is computed. A higher value is faster, and differs more.',
    use: inherited,
  }),
});

/** Whether FreeU changes anything. */
export const scalesFeatures = (factors: z.infer<typeof FreeU>): boolean =>
  Object.values(factors).some((factor) => factor !== 1);

/** FreeNoise: how the noise of the first context is reused for later frames. */
export const FreeNoise = partsObject({
  noise: part(z.enum(['shuffle_context', 'repeat_context', 'random']).default('shuffle_context'), {
    description: 'Noise of later frames: the first frames’ noise shuffled, repeated, or new noise.',
    use: inherited,
  }),
});
