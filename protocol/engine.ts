import { z } from 'zod';
import { ClipInputs, HintUnit, InputPicture } from '../plan/clip-inputs.ts';
import { FileRef, OutputFormat } from '../plan/plan.ts';
import { ReadPlan } from '../plan/versions.ts';
import { Work } from '../plan/work.ts';

/**
 * The engine's messages: JSON-RPC over the IPC channel of a forked process. Each message is validated by its receiver.
 * Requests are cancelled by JSON-RPC's own cancellation, which the engine checks before every window, frame and file.
 */
export const METHODS = {
  render: 'travel/render',
  progress: 'travel/progress',
  log: 'travel/log',
  picture: 'travel/picture',
  watch: 'travel/watch',
  stopHere: 'travel/stopHere',
  extract: 'travel/extract',
  texts: 'travel/texts',
  convert: 'travel/convert',
  devices: 'travel/devices',
  identify: 'travel/identify',
  annotate: 'travel/annotate',
  annotated: 'travel/annotated',
  inputPictures: 'travel/inputPictures',
} as const;

export const RenderRequest = z.strictObject({
  work: Work,
  /** Threads for the CPU, at most; null: as many as the system offers. The pixels do not depend on it. */
  threads: z.int().positive().nullable(),
  /** Absolute folder that caches encoded prompts and the progress of renders; null: no cache. */
  cacheFolder: z.string().nullable(),
  /** Continue an unfinished render of the same plan, if the cache has its progress. */
  resume: z.boolean(),
  /** Memory of the GPU in bytes, as the user has set it; absent: as it is detected. */
  gpuMemory: z.number().positive().optional(),
  /** Absolute path of ffmpeg, as the user has set it; absent: it is looked for. */
  ffmpeg: z.string().min(1).optional(),
});
export type RenderRequest = z.infer<typeof RenderRequest>;

export const RenderStage = z.enum(['load', 'encode', 'sample', 'decode', 'interpolate', 'write']);
export type RenderStage = z.infer<typeof RenderStage>;

export const RenderProgress = z.strictObject({
  stage: RenderStage,
  /** Units of this stage that are done, of `total`: prompts, windows over all steps, frames, new frames, files. */
  done: z.int().nonnegative(),
  total: z.int().positive(),
  /** Present while sampling: 1-based. */
  step: z.int().positive().optional(),
  window: z.int().positive().optional(),
  /** Seconds left for the whole render; absent until the first unit of a stage is done. */
  secondsLeft: z.number().nonnegative().optional(),
});
export type RenderProgress = z.infer<typeof RenderProgress>;

/**
 * Whether pictures of what runs are wanted, and how large those of decoded frames may be: pixels of the longer side, at
 * most; null: as they are. Null: nobody watches.
 */
export const Watching = z.nullable(z.strictObject({ longestSide: z.nullable(z.int().positive()) }));
export type Watching = z.infer<typeof Watching>;

/** In plain memory or in that of several threads. */
const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

/** Notification from the engine, while it is watched. */
export const RenderPicture = z.discriminatedUnion('kind', [
  /** All frames after a step, in the order of the plan. */
  z.strictObject({
    kind: z.literal('latents'),
    /** 1-based. */
    step: z.int().positive(),
    frames: z.int().positive(),
    /** Of each frame: an eighth of the clip's. */
    width: z.int().positive(),
    height: z.int().positive(),
    /** 8-bit `[frames, height, width, 3]`. */
    rgb: Bytes,
  }),
  /** A frame after a step, decoded by a small network. */
  z.strictObject({
    kind: z.literal('preview'),
    /** 0-based, in the whole clip. */
    frame: z.int().nonnegative(),
    webp: Bytes,
  }),
  /** A decoded frame. */
  z.strictObject({
    kind: z.literal('frame'),
    /** 0-based, in the whole clip. */
    frame: z.int().nonnegative(),
    webp: Bytes,
  }),
]);
export type RenderPicture = z.infer<typeof RenderPicture>;

/** A line for the log. The command line prints warnings, too. */
export const LogLine = z.strictObject({ level: z.enum(['info', 'warning']), line: z.string() });
export type LogLine = z.infer<typeof LogLine>;

/** Wall-clock seconds. */
export const RenderTimings = z.strictObject({
  total: z.number(),
  load: z.number(),
  encode: z.number(),
  sample: z.number(),
  decode: z.number(),
  /** Absent: no frames were interpolated. */
  interpolate: z.number().optional(),
  write: z.number(),
  /** Inside ONNX Runtime, over all stages. */
  runtime: z.number(),
});
export type RenderTimings = z.infer<typeof RenderTimings>;

/** Why a render failed. `message` explains what was tried, where, why it failed and what to do next. */
export const RenderFailure = z.strictObject({
  ok: z.literal(false),
  kind: z.enum([
    'cancelled',
    'bad-model',
    'file-changed',
    'unsupported',
    'cannot-write',
    /** Something can be saved when there is more space. */
    'disk-full',
    'out-of-memory',
    /** The GPU stopped during the render. It can be continued on the CPU. */
    'device-lost',
    /** The engine's process ended. */
    'engine-stopped',
    'internal',
  ]),
  message: z.string(),
});
export type RenderFailure = z.infer<typeof RenderFailure>;

/** A render that has written its files. */
export const RenderSuccess = z.strictObject({
  ok: z.literal(true),
  /** Absolute paths of the written files; for a PNG sequence, its folder. */
  files: z.array(z.string()),
  timings: RenderTimings,
  /** The device that ran the models, such as `CPU` or `CUDA`. */
  device: z.string(),
  /** Steps that were made, if the render was told to stop there. */
  stoppedAfter: z.int().positive().optional(),
  /** The value of `device` for a GPU that exists, but that `auto` did not use. The log has the reason. */
  passedOver: z.string().optional(),
});
export type RenderSuccess = z.infer<typeof RenderSuccess>;

export const RenderResult = z.discriminatedUnion('ok', [RenderSuccess, RenderFailure]);
export type RenderResult = z.infer<typeof RenderResult>;

/** Request: a rendered file in other formats, or shown in another way. */
export const ConvertRequest = z.strictObject({
  /** Of a rendered file, or of a folder of PNG frames; absolute. */
  path: z.string().min(1),
  /** Of the new files, without extension; absolute. */
  base: z.string().min(1),
  formats: z.array(OutputFormat).min(1),
  /** null: as it is. */
  fps: z.number().positive().nullable(),
  /** How often it plays, 0: forever; null: as it is. */
  loop: z.int().nonnegative().nullable(),
  reverse: z.boolean(),
  ffmpeg: RenderRequest.shape.ffmpeg,
});
export type ConvertRequest = z.infer<typeof ConvertRequest>;

export const ConvertResult = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    files: z.array(z.string()),
    /** What they do not have of the rendered file, one sentence each. */
    lost: z.array(z.string()),
  }),
  z.strictObject({ ok: z.literal(false), message: z.string() }),
]);
export type ConvertResult = z.infer<typeof ConvertResult>;

/** Response to `extract`: the source inside a rendered file, and its plan or why the plan cannot be read. */
export const ExtractResult = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), source: z.string(), plan: ReadPlan }),
  z.strictObject({ ok: z.literal(false), message: z.string() }),
]);
export type ExtractResult = z.infer<typeof ExtractResult>;

/** Response to `texts`: the texts in the metadata of an image or video of any program, by lower-case field. */
export const TextsResult = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), texts: z.array(z.strictObject({ field: z.string(), text: z.string() })) }),
  z.strictObject({ ok: z.literal(false), message: z.string() }),
]);
export type TextsResult = z.infer<typeof TextsResult>;

/** A device that models could run on, and what was found when it was tried. */
export const TriedDevice = z.strictObject({
  /** For users: `CPU`, `WebGPU`. */
  name: z.string(),
  /** Whether its results are right. */
  works: z.boolean(),
  /** Why it is not used, or how fast it is; empty: nothing is to be said. */
  detail: z.string(),
});
export type TriedDevice = z.infer<typeof TriedDevice>;

/** Request: what can run models here. */
export const DevicesRequest = z.strictObject({ gpuMemory: RenderRequest.shape.gpuMemory });
export type DevicesRequest = z.infer<typeof DevicesRequest>;

/** Response to `devices`: what can run models here, each tried with a small graph. */
export const DevicesResult = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    /** Version of ONNX Runtime. */
    runtime: z.string(),
    devices: z.array(TriedDevice),
    /** The one that `device: auto` uses. */
    chosen: z.string(),
    /** Of the chosen device. */
    memory: z.strictObject({ bytes: z.number().positive(), source: z.string() }).nullable(),
  }),
  z.strictObject({ ok: z.literal(false), message: z.string() }),
]);
export type DevicesResult = z.infer<typeof DevicesResult>;

/** Request: what decides the pixels of a render besides its plan. */
export const IdentifyRequest = z.strictObject({
  files: z.array(FileRef),
  /** Absolute folder that keeps hashes; null: none. */
  cacheFolder: z.string().nullable(),
});
export type IdentifyRequest = z.infer<typeof IdentifyRequest>;

export const IdentifyResult = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    /** Another one computes other pixels for the same plan. */
    engine: z.int().positive(),
    /** The version of ONNX Runtime. */
    onnxRuntime: z.string(),
    /** SHA-256 of each file; null if it cannot be read. */
    sha256: z.array(z.string().nullable()),
  }),
  z.strictObject({ ok: z.literal(false), message: z.string() }),
]);
export type IdentifyResult = z.infer<typeof IdentifyResult>;

/** Request: the hints of a clip as files. No model is needed. */
export const AnnotateRequest = z.strictObject({
  inputs: ClipInputs,
  /** Absolute folder that gets a folder for each unit. Hints of an earlier run are replaced, other files are not. */
  folder: z.string().min(1),
  cacheFolder: RenderRequest.shape.cacheFolder,
  ffmpeg: RenderRequest.shape.ffmpeg,
});
export type AnnotateRequest = z.infer<typeof AnnotateRequest>;

/** Notification from the engine: how many hints are written. */
export const AnnotateProgress = z.strictObject({ done: z.int().nonnegative(), total: z.int().nonnegative() });
export type AnnotateProgress = z.infer<typeof AnnotateProgress>;

/** What was written of a unit: absolute paths, in the order of the frames. */
export const Annotated = z.strictObject({ folder: z.string(), files: z.array(z.string()) });
export type Annotated = z.infer<typeof Annotated>;

/** Response to `annotate`, with an entry for each unit. */
export const AnnotateResult = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), units: z.array(Annotated) }),
  RenderFailure,
]);
export type AnnotateResult = z.infer<typeof AnnotateResult>;

/** A source picture, or the hint that a unit makes of it. */
export const WantedPicture = z.strictObject({ picture: InputPicture, unit: HintUnit.nullable() });
export type WantedPicture = z.infer<typeof WantedPicture>;

/** Request: small pictures of what guides a clip. No model is needed. */
export const InputPicturesRequest = z.strictObject({
  ...ClipInputs.pick({ width: true, height: true, seed: true }).shape,
  wanted: z.array(WantedPicture),
  /** Pixels, at most. */
  longestSide: z.int().positive(),
  cacheFolder: RenderRequest.shape.cacheFolder,
  ffmpeg: RenderRequest.shape.ffmpeg,
});
export type InputPicturesRequest = z.infer<typeof InputPicturesRequest>;

/** A picture, or why there is none: one sentence or two. */
export const ShownPicture = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), webp: Bytes }),
  z.strictObject({ ok: z.literal(false), message: z.string() }),
]);
export type ShownPicture = z.infer<typeof ShownPicture>;

/** Response to `inputPictures`, in the order of what was wanted. */
export const InputPicturesResult = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), pictures: z.array(ShownPicture) }),
  z.strictObject({ ok: z.literal(false), message: z.string() }),
]);
export type InputPicturesResult = z.infer<typeof InputPicturesResult>;
