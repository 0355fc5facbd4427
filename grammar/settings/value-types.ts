import { z } from 'zod';
import { parseEasing } from '../time/easing.ts';
import { parseHold } from '../time/position.ts';

/** A refinement's issue with a code of its own; `read.ts` makes the problem from it. */
const problem = (code: `travel/${string}`, message: string) => ({ params: { code }, message });

/** A file on the disk, or the name of one in the user's model folders. Links are refused: nothing is downloaded. */
export const LocalFile = z
  .string()
  .min(1)
  .refine(
    (text) => !/^[a-z][a-z0-9+.-]+:\/\//i.test(text) && !/^(?:www\.)?(?:youtube\.com|youtu\.be)\//i.test(text),
    problem('travel/link', 'This is a link. Download the file first and write where it is on this machine.'),
  );

/** A number that may change over time: one value, or a map of positions (`{0: 7, 50%: 9}`), mixed linearly. */
export const travelling = <T extends z.ZodNumber>(value: T) =>
  z.union([
    value,
    z
      .record(
        z
          .string()
          .refine(
            (text) => parseHold(text) !== null,
            problem(
              'travel/setting-position',
              'This is no position. Write a frame (8), -1, 50%, 1.5s, 250ms or a hold (0-8).',
            ),
          ),
        value,
      )
      .refine((map) => Object.keys(map).length > 0, problem('travel/setting-value', 'This map has no position in it.')),
  ]);

/** `$name` stands for a defined piece, so its name is one word. */
export const DEFINITION_NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;

export const Definitions = z.record(
  z
    .string()
    .refine(
      (text) => DEFINITION_NAME.test(text),
      problem(
        'travel/definition-name',
        'A name is one word of letters, digits and _, not beginning with a digit, so that $name can stand for it.',
      ),
    ),
  z.string(),
);

export const Transition = z.string().superRefine((text, context) => {
  const parsed = parseEasing(text);
  if (!parsed.ok) context.addIssue({ code: 'custom', ...problem('travel/unknown-transition', parsed.message) });
});

/** Width and height. */
export const Pixels = z
  .int()
  .min(8)
  .max(8192)
  .refine(
    (value) => value % 8 === 0,
    problem('travel/size-not-multiple-of-8', 'Sizes are multiples of 8 pixels, because the VAE works in blocks of 8.'),
  );

/** ControlNet preprocessors; `none` where the picture already is a map of edges, depth or poses. */
export const PREPROCESSORS = [
  'none',
  'canny',
  'lineart',
  'softedge',
  'depth',
  'normal',
  'openpose',
  'scribble',
  'tile',
] as const;

export const ControlNetUnit = z.strictObject({
  model: LocalFile.meta({ description: 'The ControlNet model: a file, or its name in the model folders.' }),
  preprocessor: z.enum(PREPROCESSORS).default('none').meta({
    description: 'What draws the map that the model wants from your picture; `none` when the picture is one already.',
  }),
  weight: travelling(z.number().min(0).max(2))
    .default(1)
    .meta({ description: 'How strongly the unit steers; may change over time.' }),
  start: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .meta({ description: 'The part of the sampling, 0 to 1, at which the unit begins.' }),
  end: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .meta({ description: 'The part of the sampling, 0 to 1, at which the unit ends.' }),
  mode: z
    .enum(['balanced', 'prompt', 'control'])
    .default('balanced')
    .meta({ description: 'Whether the prompt, the control picture, or both count.' }),
  resize: z
    .enum(['crop', 'fill', 'stretch'])
    .default('crop')
    .meta({ description: 'How a picture of another shape is made to fit.' }),
  image: LocalFile.optional().meta({ description: 'One picture for all frames.' }),
  batch: LocalFile.optional().meta({ description: 'A folder of pictures, one a frame, in the order of their names.' }),
  video: LocalFile.optional().meta({ description: 'A video, one picture a frame.' }),
});

export const VideoInput = z
  .strictObject({
    source: LocalFile.optional().meta({ description: 'A video file.' }),
    path: LocalFile.optional().meta({ description: 'A folder of pictures, one a frame.' }),
  })
  .refine(
    ({ source, path }) => (source === undefined) !== (path === undefined),
    problem(
      'travel/setting-value',
      'Give either `source` (a video file) or `path` (a folder of pictures), not both and not neither.',
    ),
  );

export const Interpolation = z.strictObject({
  method: z.enum(['off', 'blend', 'film', 'rife']).default('off').meta({ description: 'How the new frames are made.' }),
  x: z.int().min(1).max(100).default(10).meta({ description: 'How many new frames go into each gap.' }),
});

/** FreeInit's parameters, named as in its paper and in sd-webui-animatediff. */
export const FreeInit = z.strictObject({
  filter: z
    .enum(['butterworth', 'gaussian', 'box', 'ideal'])
    .default('butterworth')
    .meta({ description: 'Shape of the low-pass filter.' }),
  d_s: z.number().min(0).max(1).default(0.25).meta({ description: 'Where the filter stops in space.' }),
  d_t: z.number().min(0).max(1).default(0.25).meta({ description: 'Where the filter stops in time.' }),
  iterations: z
    .int()
    .min(2)
    .max(5)
    .default(3)
    .meta({ description: 'How often the clip is sampled; each costs a whole render.' }),
});

/** FreeNoise: how the noise of the first context is used again for later frames. */
export const FreeNoise = z.strictObject({
  noise: z
    .enum(['shuffle_context', 'repeat_context', 'random'])
    .default('shuffle_context')
    .meta({ description: 'What later frames get: the first frames’ noise shuffled, repeated, or new noise.' }),
});
