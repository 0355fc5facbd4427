import { z } from 'zod';
import type { ControlUnit } from './controlnet.ts';
import { shownFrames } from './interpolation.ts';
import type { TravelPlan } from './plan.ts';
import { iterationsOf } from './steps.ts';

/** What decides how long a render takes on one computer. */
export const RenderCost = z.strictObject({
  /** As the plan has it: `auto` is the same device every time. */
  device: z.string(),
  /** Bytes of the checkpoint's file. */
  checkpoint: z.number().nonnegative(),
  /** Frames of all model calls, times latent pixels; twice that with a negative prompt, and more with ControlNets. */
  sampling: z.number().positive(),
  /** Frames that are decoded, times pixels. */
  decoding: z.number().positive(),
  /** New frames that a model makes between others, times pixels. */
  interpolating: z.number().positive().optional(),
});
export type RenderCost = z.infer<typeof RenderCost>;

/** What a render took, in wall-clock seconds. */
export const RenderTime = z.strictObject({
  cost: RenderCost,
  /** Loading models and encoding prompts. */
  start: z.number().nonnegative(),
  sample: z.number().nonnegative(),
  /** Decoding frames and writing files. */
  decode: z.number().nonnegative(),
  interpolate: z.number().nonnegative().optional(),
  /** The device that `auto` chose, as `CPU`. */
  ranOn: z.string(),
});
export type RenderTime = z.infer<typeof RenderTime>;

/** Renders that are remembered: enough for several checkpoints. */
export const MOST_TIMES = 100;

/** Renders that decide an estimate: the last ones, because drivers, other programs and power settings change. */
const DECISIVE = 5;

/** Pixels of a latent pixel. */
const LATENT_AREA = 64;

/** What decides how long a clip takes, whether it is planned or not. */
export interface ClipCost {
  readonly device: string;
  readonly checkpoint: number;
  /** Frames of all model calls, in all iterations, in whole ones. */
  readonly calls: number;
  /** Whether the negative prompt is sampled, too. */
  readonly guided: boolean;
  /** ControlNet units, each counted by the part of the steps in which it acts. */
  readonly controls?: number;
  /** Frames that are decoded. */
  readonly shown: number;
  /** New frames that a model makes between them. */
  readonly interpolated?: number;
  readonly width: number;
  readonly height: number;
}

/** The work of a ControlNet in a model call, in calls without one. docs/measured.md says how it was measured. */
const CONTROL = 0.3;

/** Units as `ClipCost` counts them. */
export const actingUnits = (units: readonly Pick<ControlUnit, 'start' | 'end'>[]): number =>
  units.reduce((sum, { start, end }) => sum + Math.max(0, end - start), 0);

/** The work of a model call with DeepCache that computes only the outermost layers. docs/measured.md says how it was measured. */
const SHALLOW = 0.1;

/** The work of a model call on average, in whole ones. @param interval of DeepCache; absent: all calls are whole */
export const workOfCall = (interval = 1): number => (1 + (interval - 1) * SHALLOW) / interval;

export function renderCost({
  device,
  checkpoint,
  calls,
  guided,
  controls = 0,
  shown,
  interpolated = 0,
  width,
  height,
}: ClipCost): RenderCost {
  return {
    device,
    checkpoint,
    sampling: (calls * (1 + CONTROL * controls) * (guided ? 2 : 1) * width * height) / LATENT_AREA,
    decoding: shown * width * height,
    ...(interpolated > 0 && { interpolating: interpolated * width * height }),
  };
}

export function costOfPlan({
  models,
  context,
  frames,
  sampling,
  output,
  width,
  height,
  device,
  control,
}: TravelPlan): RenderCost {
  return renderCost({
    device,
    checkpoint: models.checkpoint.size,
    calls:
      iterationsOf(sampling) *
      workOfCall(sampling.deepCache?.interval) *
      context.windows.flat().reduce((sum, { length }) => sum + length, 0),
    guided: frames.some(({ cfgScale }) => cfgScale !== 1),
    controls: actingUnits(control?.units ?? []),
    shown: new Set(output.order).size,
    interpolated: output.interpolation?.method === 'film' ? shownFrames(output) - output.order.length : 0,
    width,
    height,
  });
}

/**
 * Times as they are stored. @param json the file's text
 * @returns none if it is damaged, or written by another version: they are only a help
 */
export function readRenderTimes(json: string): RenderTime[] {
  try {
    return z.array(RenderTime).max(MOST_TIMES).safeParse(JSON.parse(json)).data ?? [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** The last renders on the same device, of the same checkpoint if there are any. @param times oldest first */
export function similarRenders(cost: RenderCost, times: readonly RenderTime[]): RenderTime[] {
  const onDevice = times.filter((time) => time.cost.device === cost.device);
  const ofCheckpoint = onDevice.filter((time) => time.cost.checkpoint === cost.checkpoint);
  return (ofCheckpoint.length > 0 ? ofCheckpoint : onDevice).slice(-DECISIVE);
}

/**
 * How long a render will take, from the last ones on this computer. Those of another checkpoint are scaled by its size,
 * which is about proportional to the work of each pixel.
 *
 * @param times oldest first
 * @returns seconds; null if nothing similar was rendered yet
 */
export function estimateSeconds(cost: RenderCost, times: readonly RenderTime[]): number | null {
  const similar = similarRenders(cost, times);
  if (similar.length === 0) return null;
  const sum = (of: (time: RenderTime) => number) => similar.reduce((total, time) => total + of(time), 0);
  const scaled = ({ checkpoint }: RenderCost) => Math.max(checkpoint, 1) / Math.max(cost.checkpoint, 1);
  return (
    sum(({ start }) => start) / similar.length +
    (cost.sampling * sum(({ sample }) => sample)) / sum((time) => time.cost.sampling * scaled(time.cost)) +
    (cost.decoding * sum(({ decode }) => decode)) / sum((time) => time.cost.decoding * scaled(time.cost)) +
    interpolationSeconds(cost, times)
  );
}

/** The checkpoint does not matter. 0 if nothing was interpolated on this device yet. */
function interpolationSeconds(cost: RenderCost, times: readonly RenderTime[]): number {
  const like = times.filter((time) => time.cost.device === cost.device && time.cost.interpolating !== undefined);
  const latest = like.slice(-DECISIVE);
  const pixels = latest.reduce((sum, time) => sum + (time.cost.interpolating ?? 0), 0);
  const seconds = latest.reduce((sum, { interpolate = 0 }) => sum + interpolate, 0);
  return pixels === 0 ? 0 : ((cost.interpolating ?? 0) * seconds) / pixels;
}
