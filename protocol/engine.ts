import { z } from 'zod';
import { TravelPlan } from '../plan/plan.ts';

/**
 * The engine's messages: JSON-RPC over the IPC channel of a forked process (method names below), each checked where it
 * enters. Requests are cancelled by JSON-RPC's own cancellation; the engine looks between steps.
 */
export const METHODS = {
  render: 'travel/render',
  progress: 'travel/progress',
  log: 'travel/log',
  extract: 'travel/extract',
} as const;

export const RenderRequest = z.strictObject({
  plan: TravelPlan,
  /** `lean`: weights stay mapped from the file; `fast`: unpacked in memory, slower to start, a little faster to run. */
  mode: z.enum(['lean', 'fast']),
  /** Absolute folder for encoded prompts, or null for none on disk. */
  cacheFolder: z.string().nullable(),
});
export type RenderRequest = z.infer<typeof RenderRequest>;

export const RenderStage = z.enum(['load', 'encode', 'sample', 'decode', 'write']);
export type RenderStage = z.infer<typeof RenderStage>;

export const RenderProgress = z.strictObject({
  stage: RenderStage,
  /** Units done and in all, of this stage: models, prompts, windows over all steps, frames, files. */
  done: z.int().nonnegative(),
  total: z.int().positive(),
  /** Present while sampling: 1-based. */
  step: z.int().positive().optional(),
  window: z.int().positive().optional(),
  /** Seconds left for the whole render; absent until there is something to estimate from. */
  secondsLeft: z.number().nonnegative().optional(),
});
export type RenderProgress = z.infer<typeof RenderProgress>;

/** Wall-clock seconds. */
export const RenderTimings = z.strictObject({
  total: z.number(),
  load: z.number(),
  encode: z.number(),
  sample: z.number(),
  decode: z.number(),
  write: z.number(),
  /** Spent inside ONNX Runtime, over all stages. */
  runtime: z.number(),
});
export type RenderTimings = z.infer<typeof RenderTimings>;

/** Why a render failed. `message` says what was tried, where, why it failed and what to do next. */
export const RenderFailure = z.strictObject({
  ok: z.literal(false),
  kind: z.enum(['cancelled', 'bad-model', 'file-changed', 'unsupported', 'cannot-write', 'out-of-memory', 'internal']),
  message: z.string(),
});
export type RenderFailure = z.infer<typeof RenderFailure>;

export const RenderResult = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    /** Absolute paths of what was written; for `png`, the folder. */
    files: z.array(z.string()),
    timings: RenderTimings,
    /** What ran the graphs and why not something faster. */
    device: z.string(),
  }),
  RenderFailure,
]);
export type RenderResult = z.infer<typeof RenderResult>;

/** Answer to `extract`: what a written file holds of the text and the plan that made it. */
export const ExtractResult = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), source: z.string(), plan: TravelPlan }),
  z.strictObject({ ok: z.literal(false), message: z.string() }),
]);
export type ExtractResult = z.infer<typeof ExtractResult>;
