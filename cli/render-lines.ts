import { z } from 'zod';
import { OutputFormat } from '../plan/plan.ts';
import { RenderFailure, RenderProgress } from '../protocol/engine.ts';

const File = z.strictObject({
  /** As it was named on the command line; `<stdin>` for standard input. */
  file: z.string(),
});

/** A render before it starts. */
export const RenderFacts = z.strictObject({
  ...File.shape,
  /** That are written; all frames of the clip are sampled. */
  frames: z.int().positive(),
  fps: z.number().positive(),
  /** Pixels. */
  width: z.int().positive(),
  height: z.int().positive(),
  sampler: z.string(),
  /** That the sampler makes. */
  steps: z.int().positive(),
  seed: z.int().nonnegative(),
  /** Whether the seed was picked, so that the next render has another one. */
  random: z.boolean(),
  /** Absolute paths of all models, the checkpoint first. */
  models: z.array(z.string()),
  /** Absolute paths; for PNG, a folder. A number is added if a file exists. */
  output: z.array(z.strictObject({ format: OutputFormat, path: z.string(), exists: z.boolean() })),
  /** Estimated from the last renders on this computer; null: nothing similar was rendered yet. */
  seconds: z.number().nonnegative().nullable(),
  /** Bytes, estimated; null: not known, because a GPU is used. */
  memory: z.number().nonnegative().nullable(),
  /** How the render keeps within the memory of this computer, such as `the VAE in tiles of 512×512`; empty: it fits. */
  memoryPlan: z.string(),
});
export type RenderFacts = z.infer<typeof RenderFacts>;

/**
 * A line that `travel render --json` prints. Fields and events may be added; those that exist keep their names and
 * meanings.
 */
export const RenderLine = z.discriminatedUnion('event', [
  /** An error or a warning, as `travel check --json` prints it. If there is an error, nothing is rendered. */
  z.strictObject({
    event: z.literal('problem'),
    ...File.shape,
    line: z.int().positive(),
    column: z.int().positive(),
    endLine: z.int().positive(),
    endColumn: z.int().positive(),
    severity: z.enum(['error', 'warning', 'information', 'hint']),
    code: z.string(),
    message: z.string(),
  }),
  /** Only with `--dry-run`. */
  z.strictObject({ event: z.literal('plan'), ...RenderFacts.shape }),
  /** At each new stage and step, otherwise at most twice a second. */
  z.strictObject({ event: z.literal('progress'), ...File.shape, ...RenderProgress.shape }),
  /** From the engine, in the middle of a render. */
  z.strictObject({ event: z.literal('warning'), ...File.shape, message: z.string() }),
  z.strictObject({
    event: z.literal('done'),
    ...File.shape,
    /** Absolute paths of the written files; for a PNG sequence, its folder. */
    files: z.array(z.string()),
    seed: z.int().nonnegative(),
    /** Of the whole render. */
    seconds: z.number().nonnegative(),
    /** That ran the models, such as `CPU`. */
    device: z.string(),
  }),
  z.strictObject({
    event: z.literal('failed'),
    ...File.shape,
    kind: RenderFailure.shape.kind,
    message: z.string(),
    /** Whether `--resume` continues it. */
    canResume: z.boolean(),
  }),
  /** Only with `--watch`: everything is rendered, and these files (absolute paths) are watched. */
  z.strictObject({ event: z.literal('watching'), files: z.array(z.string()) }),
]);
export type RenderLine = z.infer<typeof RenderLine>;
