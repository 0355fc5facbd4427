import { z } from 'zod';
import { ControlUnit, FrameControl } from './controlnet.ts';
import { interpolationOf } from './interpolation.ts';
import { Sampler, SigmaSchedule } from './samplers.ts';
import { samplingCalls } from './steps.ts';
import { Window } from './windows.ts';

/** A file as it was when the plan was built; a render refuses to start when size or time have changed since. */
export const FileRef = z.strictObject({
  /** Absolute path. */
  path: z.string().min(1),
  /** Bytes. */
  size: z.int().nonnegative(),
  /** Milliseconds since 1970. */
  mtimeMs: z.number(),
});
export type FileRef = z.infer<typeof FileRef>;

/** What a video shows at a time; `shownFrame` says which of its frames that is. */
export const ShownInVideo = z.strictObject({
  /** Seconds after `from`. */
  at: z.number().nonnegative(),
  /** Seconds from its first frame, as `to`; null: to its end. */
  from: z.number().nonnegative(),
  to: z.number().positive().nullable(),
  /** Whether the part starts again after its end. */
  repeat: z.boolean(),
});
export type ShownInVideo = z.infer<typeof ShownInVideo>;

/** An image of a plan: a file with one, or what a video shows at a time. */
export const PlanImage = FileRef.extend({ shown: ShownInVideo.optional() });
export type PlanImage = z.infer<typeof PlanImage>;

/** The sound of a video that is written with the frames. */
export const PlanSound = FileRef.extend({
  /** Seconds after the first frame of the video at which the first shown frame is. */
  from: z.number().nonnegative(),
  /** At most. */
  seconds: z.number().positive(),
  /** The part of the video that starts again after its end, in seconds from its first frame; absent: it does not. */
  repeat: z.strictObject({ from: z.number().nonnegative(), to: z.number().positive().nullable() }).optional(),
});
export type PlanSound = z.infer<typeof PlanSound>;

export const OutputFormat = z.enum(['gif', 'mp4', 'webp', 'webm', 'apng', 'prores', 'ffv1', 'png', 'txt']);
export type OutputFormat = z.infer<typeof OutputFormat>;

/** A1111's ways of applying `(word:1.2)` to the encoded tokens. */
export const Emphasis = z.enum(['Original', 'No norm', 'Ignore', 'None']);
export type Emphasis = z.infer<typeof Emphasis>;

/**
 * One distinct prompt of the clip, as the text encoder sees it: definitions, wildcards and extra networks are already
 * resolved; attention, `BREAK`, `AND` and step schedules are still in the text (`prompt/` says what they mean).
 */
export const PlanPrompt = z.strictObject({
  text: z.string(),
  /** LoRAs acting on the text encoder while this prompt is encoded: index into `loras` and weight. */
  loras: z.array(z.strictObject({ lora: z.int().nonnegative(), weight: z.number() })),
});
export type PlanPrompt = z.infer<typeof PlanPrompt>;

/** Prompts `from` and `to` (indices into `prompts`) mixed at `t` in [0, 1]; 0 is all `from`. */
export const Mix = z.strictObject({
  from: z.int().nonnegative(),
  to: z.int().nonnegative(),
  t: z.number().min(0).max(1),
});
export type Mix = z.infer<typeof Mix>;

export const PlanFrame = z.strictObject({
  /** 0-based frame of the whole clip; differs from the position in `frames` when only some frames are rendered. */
  index: z.int().nonnegative(),
  positive: Mix,
  negative: Mix,
  cfgScale: z.number(),
  /** Strength of the temporal layers. */
  motionScale: z.number(),
  /** FreeNoise: the frame of the whole clip whose initial noise this one has; absent: its own. */
  noiseOf: z.int().nonnegative().optional(),
  /**
   * What the frame starts from besides noise: indices into `images`, and the share of each latent, together at most 1.
   * The rest is noise. Absent: noise alone.
   */
  start: z.array(z.strictObject({ image: z.int().nonnegative(), share: z.number().min(0).max(1) })).optional(),
  /**
   * In-painting: indices into `images` and `masks`. The frame keeps the image where the mask is black. Absent: nothing
   * is kept.
   */
  inpaint: z.strictObject({ image: z.int().nonnegative(), mask: z.int().nonnegative() }).optional(),
  /** The frame's own denoising strength, if it is below the clip's: it stays its image until the step that begins with it. */
  denoising: z.number().min(0).max(1).optional(),
  /** The UNet strength of each of the plan's `loras` in this frame. */
  loras: z.array(z.number()),
  /** For each of the plan's ControlNet units; absent if it has none. */
  controls: z.array(FrameControl.nullable()).optional(),
});
export type PlanFrame = z.infer<typeof PlanFrame>;

const SamplerParameters = z.strictObject({
  eta: z.number().min(0).max(1).optional(),
  s_churn: z.number().nonnegative().optional(),
  s_tmin: z.number().nonnegative().optional(),
  s_tmax: z.number().nonnegative().optional(),
  s_noise: z.number().nonnegative().optional(),
});

/** Factors by which the UNet's decoder gets the features of its first (1) and next (2) blocks, and their skip connections. */
const FreeU = z.strictObject({ b1: z.number(), b2: z.number(), s1: z.number(), s2: z.number() });
export type FreeU = z.infer<typeof FreeU>;

/** As sd-webui-animatediff's FreeInit: how often the clip is sampled, and which frequencies the next time starts from. */
const FreeInit = z.strictObject({
  filter: z.enum(['butterworth', 'gaussian', 'box', 'ideal']),
  /** Stop frequencies in space and time. */
  d_s: z.number().min(0).max(1),
  d_t: z.number().min(0).max(1),
  iterations: z.int().min(2),
});
export type FreeInit = z.infer<typeof FreeInit>;

/** A1111's ways to change the noise of a seed. */
const NoiseChanges = z.strictObject({
  /** Resolved: never −1. If the strength is above 0, frame i has subseed + i, and all frames have the same seed. */
  subseed: z.int().nonnegative(),
  subseedStrength: z.number().min(0).max(1),
  /** Pixels. */
  resizeFrom: z
    .strictObject({ width: z.int().positive().multipleOf(8), height: z.int().positive().multipleOf(8) })
    .nullable(),
  /** Added to the seeds of all noise but the initial one. */
  etaNoiseSeedDelta: z.int().nonnegative(),
});

/** Raised when the meaning or the form of a plan changes; `versions.ts` then upgrades older ones. */
export const PLAN_VERSION = 3;

export const PlanShape = z.strictObject({
  version: z.literal(PLAN_VERSION),
  /** Name of the source file without folder and extension. */
  name: z.string(),
  /** The `.travel` source, verbatim; stored in every file the render writes. */
  source: z.string(),
  models: z.strictObject({
    checkpoint: FileRef,
    /** Absent: the checkpoint's own. */
    textEncoder: FileRef.optional(),
    /** null: the checkpoint's own. */
    vae: FileRef.nullable(),
    /** The file whose VAE encodes images, if `vae` only decodes. */
    vaeEncoder: FileRef.optional(),
    /** TAESD's decoder, which previews of the render are made with; no pixel of the result depends on it. Absent: none. */
    previewDecoder: FileRef.optional(),
    /** null: still frames. */
    motionModule: FileRef.nullable(),
    /** 1 = the text encoder's last layer, 2 = the one before it, … */
    clipSkip: z.int().min(1).max(12),
    /** Release all models after the render, instead of keeping them for the next one. */
    unload: z.boolean(),
    /** That runs the motion module if a GPU renders; absent: the memory of the GPU decides. */
    motionDevice: z.enum(['gpu', 'cpu']).optional(),
  }),
  loras: z.array(z.strictObject({ name: z.string(), file: FileRef })),
  motionLoras: z.array(z.strictObject({ name: z.string(), file: FileRef, weight: z.number() })),
  /** Textual-inversion embeddings that some prompt names. */
  embeddings: z.array(z.strictObject({ name: z.string(), file: FileRef })),
  /** Images that frames start from, of any size. Several may be of one video. */
  images: z.array(PlanImage).default([]),
  /** Masks of these images, of any size: white is painted anew. */
  masks: z.array(FileRef).default([]),
  /** ControlNet; absent: none. */
  control: z
    .strictObject({
      /** They add up. */
      units: z.array(ControlUnit.extend({ file: FileRef, networks: z.array(FileRef).min(1).optional() })).min(1),
      /** Pictures that hints are made of, of any size. Several may be of one video. */
      pictures: z.array(z.strictObject({ file: FileRef, shown: ShownInVideo.optional() })).min(1),
      /** Of any size: units act where they are white. */
      masks: z.array(FileRef).optional(),
    })
    .optional(),
  prompts: z.array(PlanPrompt).min(1),
  frames: z.array(PlanFrame).min(1),
  mix: z.enum(['slerp', 'lerp']),
  /**
   * `frozen`: `[a:b:0.5]` keeps its first-step text for all steps, as sd-webui-animatediff does while prompts travel.
   */
  promptEditing: z.enum(['by-step', 'frozen']),
  emphasis: Emphasis,
  sampling: z.strictObject({
    sampler: Sampler,
    schedule: SigmaSchedule,
    /** As the file sets them; `samplingSteps` is how many the sampler makes. */
    steps: z.int().min(1).max(1000),
    /** Resolved: never −1. Frame with `index` i starts from the noise of seed + i. */
    seed: z.int().nonnegative(),
    /** A1111's `randn_source`; `gpu` and `nv` are the same noise. */
    rng: z.enum(['cpu', 'gpu', 'nv']),
    /** By A1111's names, those that the file sets; others have the sampler's defaults. `s_tmax` 0 is no limit. */
    parameters: SamplerParameters.default({}),
    noise: NoiseChanges.default({ subseed: 0, subseedStrength: 0, resizeFrom: null, etaNoiseSeedDelta: 0 }),
    /** 0: guidance as it is; 1: with the deviation of the prediction without guidance. */
    cfgRescale: z.number().min(0).max(1).default(0),
    /** Absent: features are as they are. */
    freeU: FreeU.optional(),
    /** DeepCache: every so many model calls, the whole UNet is computed; absent: in each of them. */
    deepCache: z.strictObject({ interval: z.int().min(2) }).optional(),
    /** How a CPU computes the linear layers of the UNet; absent: in float32. */
    precision: z.literal('int8').optional(),
    /** Absent: the clip is sampled once. */
    freeInit: FreeInit.optional(),
    /** How much the images are changed that frames start from: A1111's denoising strength; null: there are none. */
    denoising: z.number().min(0).max(1).nullable().default(null),
    /** Steps of all iterations after which the render ends with its estimate of the clean clip; null: all of them. */
    until: z.int().positive().nullable().default(null),
  }),
  /** Pixels, multiples of 8. */
  width: z.int().positive().multipleOf(8),
  height: z.int().positive().multipleOf(8),
  context: z.strictObject({
    /** For each model call of the sampler, the windows to run, in order; together they cover every frame. */
    windows: z.array(z.array(Window).min(1)).min(1),
    fuse: z.enum(['pyramid', 'flat', 'overwrite']),
    /** The settings that the windows follow, for other programs; null: not known, in plans before version 3. */
    settings: z
      .strictObject({
        /** Frames of the clip; the webui dialect renders at least one full window. */
        frames: z.int().positive(),
        /** Frames of a window. */
        length: z.int().positive(),
        stride: z.int().positive(),
        /** −1: a quarter of the length. */
        overlap: z.int().min(-1),
        closedLoop: z.enum(['N', 'R-P', 'R+P', 'A']),
      })
      .nullable()
      .default(null),
  }),
  output: z.strictObject({
    /** Absolute path without extension. */
    base: z.string().min(1),
    /** The path as the source has it, whatever the command line said; empty: not known, in plans before version 3. */
    written: z.string().default(''),
    formats: z.array(OutputFormat).min(1),
    fps: z.number().positive(),
    /** 0 = forever. */
    loop: z.int().nonnegative(),
    /**
     * Positions in `frames` in the order in which they are shown: `reverse` and short closed loops resolved. Frames
     * that are not shown are sampled, because the motion of the others depends on them.
     */
    order: z.array(z.int().nonnegative()).min(1),
    /** Absent: without sound. */
    sound: PlanSound.optional(),
    /** New frames between those in `order`; null: none. */
    interpolation: interpolationOf(FileRef).nullable().default(null),
  }),
  device: z.enum(['auto', 'cuda', 'dml', 'coreml', 'webgpu', 'cpu']),
  /** What wildcards and `{a|b}` gave, in order of appearance. `nested`: it is part of an earlier one. */
  rolled: z.array(z.strictObject({ written: z.string(), chosen: z.string(), nested: z.literal(true).optional() })),
});

/** A plan has a row of windows for each model call of its sampler. */
export function rowsOfWindows<T extends z.ZodType<Pick<z.infer<typeof PlanShape>, 'sampling' | 'context'>>>(
  shape: T,
): T {
  return shape.refine(({ sampling, context }) => context.windows.length === samplingCalls(sampling), {
    path: ['context', 'windows'],
    error: ({ input }) => {
      const { sampling, context } = input as z.infer<typeof PlanShape>;
      return `${context.windows.length} rows of windows for ${samplingCalls(sampling)} model calls.`;
    },
  });
}

/**
 * Everything a render needs, resolved: the only thing the engine sees of a `.travel` file. Plain JSON; equal plans give
 * equal pixels on the same device. It has paths of this computer: files hold a `PublishedPlan` instead.
 */
export const TravelPlan = rowsOfWindows(PlanShape);
export type TravelPlan = z.infer<typeof TravelPlan>;
