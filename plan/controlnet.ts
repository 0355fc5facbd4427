import { z } from 'zod';
import { PREPROCESSORS } from './network-annotators.ts';
import { type Sampler, samplerFacts } from './samplers.ts';
import { noisedSteps } from './steps.ts';

/** A unit without its files: how a ControlNet acts, and how its hints are made. */
export const ControlUnit = z.strictObject({
  name: z.string(),
  preprocessor: z.enum(PREPROCESSORS),
  /** Depth maps have the scale of the whole clip; absent: each has its own. */
  normalise: z.literal('clip').optional(),
  /** What is done in frames whose hint is black; absent: it is used. */
  empty: z.enum(['hold', 'off']).optional(),
  /** A1111's Crop and Resize, Resize and Fill, Just Resize. */
  resize: z.enum(['crop', 'fill', 'stretch']),
  /** sd-webui-controlnet's Balanced, My prompt is more important, ControlNet is more important. */
  mode: z.enum(['balanced', 'prompt', 'control']),
  /** Parts of the sampling steps between which it acts. */
  start: z.number().min(0).max(1),
  end: z.number().min(0).max(1),
  /** Its residuals are means over all pixels, as the shuffle model was trained. */
  pooled: z.boolean(),
});
export type ControlUnit = z.infer<typeof ControlUnit>;

/** What of a frame a unit gets; null: the unit does not act on it. */
export const FrameControl = z.strictObject({
  /** Index into the pictures. */
  picture: z.int().nonnegative(),
  weight: z.number().min(0),
  /** Index into the masks; absent: it acts everywhere. */
  mask: z.int().nonnegative().optional(),
});
export type FrameControl = z.infer<typeof FrameControl>;

/** A model call within a run. */
export interface ModelCallPlace {
  /** 0-based. */
  readonly step: number;
  /** 0 is the step's first call; samplers of second order make another one. */
  readonly callOfStep: number;
}

/**
 * Whether a unit acts on a model call: start ≤ step ÷ steps ≤ end, as in sd-webui-controlnet (`guidance_schedule_handler`
 * in hook.py). A1111 counts a step after its first model call (`callback_state` in sd_samplers_common.py), so that call
 * still has the number of the step before.
 */
export function unitActs(
  { start, end }: Pick<ControlUnit, 'start' | 'end'>,
  { step, callOfStep }: ModelCallPlace,
  { steps, denoising = null }: { readonly steps: number; readonly denoising?: number | null | undefined },
): boolean {
  const counted = callOfStep === 0 ? Math.max(0, step - 1) : step;
  const all = denoising === null ? steps : noisedSteps(steps, denoising) + 1;
  const part = counted / all;
  return start <= part && part <= end;
}

/**
 * The first and the last of a run's steps in which a unit acts on some model call, counted from 1; null: it never does.
 *
 * @param made steps that the sampler makes
 */
export function unitSteps(
  unit: Pick<ControlUnit, 'start' | 'end'>,
  made: number,
  { sampler, ...sampling }: Parameters<typeof unitActs>[2] & { readonly sampler: Sampler },
): { readonly first: number; readonly last: number } | null {
  const calls = samplerFacts(sampler).secondOrder ? [0, 1] : [0];
  const acting = Array.from({ length: made }, (_, step) => step).filter((step) =>
    calls.some((callOfStep) => unitActs(unit, { step, callOfStep }, sampling)),
  );
  const [first, last] = [acting[0], acting.at(-1)];
  return first === undefined || last === undefined ? null : { first: first + 1, last: last + 1 };
}

/** The residuals of units are weakened from the first to the last, unless prompt and hint are balanced. */
export const isSoft = ({ mode }: Pick<ControlUnit, 'mode'>): boolean => mode !== 'balanced';

/** sd-webui-controlnet leaves the negative prompt out if the hint is more important, and with pooled residuals. */
export const actsOnNegative = ({ mode, pooled }: Pick<ControlUnit, 'mode' | 'pooled'>): boolean =>
  mode !== 'control' && !pooled;

/** As sd-webui-controlnet recognizes the shuffle model: by its file name without ending. */
export const isPooledModel = (name: string): boolean => /shuffle/i.test(name);

/** The seed of annotators with a random result, as sd-webui-controlnet has it: 0 … 2³² − 1. */
export const hintSeed = (seed: number, subseed: number): number => (seed + subseed) % 2 ** 32;

/** What of a plan's units needs memory: all of them, and the hints that are kept; undefined: nothing. */
export function controlDemand(
  units: readonly unknown[],
  frames: readonly { readonly controls?: readonly (FrameControl | null)[] | undefined }[],
): { readonly units: number; readonly hints: number } | undefined {
  if (units.length === 0) return undefined;
  const hints = units.map((_, unit) => new Set(frames.flatMap(({ controls }) => controls?.[unit]?.picture ?? [])).size);
  return { units: units.length, hints: hints.reduce((sum, each) => sum + each, 0) };
}
