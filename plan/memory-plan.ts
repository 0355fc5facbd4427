import { fastestPlan, type MemoryDemand, type MemoryPlan, memoryNeeded, memoryParts } from './memory.ts';
import { gigabytes } from './units.ts';

/** The sides of the VAE's tiles in pixels, in the order in which they are tried: those that SD 1.5 knows, and half. */
const TILES = [512, 256] as const;

/** What of a render uses the memory. They take turns, so each has a choice of its own. */
export type MemoryStage = 'sample' | 'decode';

export interface ChosenMemoryPlan {
  readonly plan: MemoryPlan;
  /** Bytes. */
  readonly needed: number;
  /** Whether that is available. If not, this is the plan that needs the least. */
  readonly fits: boolean;
}

/** A matrix of one row is multiplied in another way, so one frame alone would get slightly other pixels. */
const SMALLEST_BATCH = 2;

/** From the fastest to the one that needs the least. All give the same pixels. */
function unetChoices(demand: MemoryDemand): readonly Pick<MemoryPlan, 'sideBySide' | 'batch'>[] {
  const { window, motion } = demand;
  const { sideBySide } = fastestPlan(demand);
  const batches = [window];
  while (!motion && batches.at(-1)! > SMALLEST_BATCH) batches.push(Math.ceil(batches.at(-1)! / 2));
  const oneByOne = batches.map((batch) => ({ sideBySide: false, batch }));
  return sideBySide ? [{ sideBySide, batch: window }, ...oneByOne] : oneByOne;
}

function tileChoices({ width, height }: MemoryDemand): readonly Pick<MemoryPlan, 'tile'>[] {
  return [{ tile: null }, ...TILES.filter((tile) => tile < Math.max(width, height)).map((tile) => ({ tile }))];
}

/**
 * The fastest way to render in the available memory: prompts side by side or one after the other, then, without motion,
 * fewer frames at once; and whole frames or tiles for the VAE.
 *
 * @param available bytes; null: unknown, so that everything is assumed to fit
 */
export function chooseMemoryPlan(demand: MemoryDemand, available: number | null): ChosenMemoryPlan {
  const fastest = fastestPlan(demand);
  const fitting = <T>(choices: readonly T[], stage: 'unet' | 'vae') =>
    choices.find((choice) => {
      const parts = memoryParts(demand, { ...fastest, ...choice });
      return available === null || parts.always + parts[stage] <= available;
    }) ?? choices.at(-1)!;
  const plan = { ...fastest, ...fitting(unetChoices(demand), 'unet'), ...fitting(tileChoices(demand), 'vae') };
  const needed = memoryNeeded(demand, plan);
  return { plan, needed, fits: available === null || needed <= available };
}

/** The next plan that needs less memory in a stage; null if there is none. */
export function smallerPlan(demand: MemoryDemand, plan: MemoryPlan, stage: MemoryStage): MemoryPlan | null {
  const choices: readonly Partial<MemoryPlan>[] = stage === 'sample' ? unetChoices(demand) : tileChoices(demand);
  const isCurrent = (choice: Partial<MemoryPlan>) =>
    (Object.keys(choice) as (keyof MemoryPlan)[]).every((key) => choice[key] === plan[key]);
  const next = choices[choices.findIndex(isCurrent) + 1];
  return next ? { ...plan, ...next } : null;
}

/** How a plan differs from the fastest one, for people; empty if it does not. */
export function memoryPlanText(demand: MemoryDemand, { sideBySide, batch, tile }: MemoryPlan): string {
  const fastest = fastestPlan(demand);
  return [
    ...(sideBySide === fastest.sideBySide ? [] : ['prompts one after the other']),
    ...(batch === fastest.batch ? [] : [`${batch} frames at once`]),
    ...(tile === null ? [] : [`the VAE in tiles of ${tile}×${tile}`]),
  ].join(', ');
}

/** Changes of a clip of which each alone makes it fit; null: no such change does. */
export interface FittingSettings {
  readonly size: readonly [width: number, height: number] | null;
  /** Frames of a context window. */
  readonly context: number | null;
}

/** @param available bytes */
export function fittingSettings(demand: MemoryDemand, available: number): FittingSettings {
  const fits = (change: Partial<MemoryDemand>) => chooseMemoryPlan({ ...demand, ...change }, available).fits;
  const { window, motion } = demand;
  // Without motion, few frames go through the UNet at once already.
  const contexts = motion ? Array.from({ length: window - 1 }, (_, less) => window - 1 - less) : [];
  return { size: largestSize(demand, fits), context: contexts.find((each) => fits({ window: each })) ?? null };
}

/** The largest size of about the same shape that fits, in steps of 64 of the shorter side. */
function largestSize(
  { width, height }: MemoryDemand,
  fits: (size: Pick<MemoryDemand, 'width' | 'height'>) => boolean,
): FittingSettings['size'] {
  const shorter = Math.min(width, height);
  for (let side = Math.floor((shorter - 1) / 64) * 64; side > 0; side -= 64) {
    const [w, h] = [width, height].map((length) => Math.round(((length / shorter) * side) / 8) * 8) as [number, number];
    if (fits({ width: w, height: h })) return [w, h];
  }
  return null;
}

/** What to change, as one sentence. */
export function fittingText({ size, context }: FittingSettings): string {
  const ways = [
    ...(size ? [`${size[0]}×${size[1]} or smaller`] : []),
    ...(context === null ? [] : [`\`context: ${context}\``]),
  ];
  return ways.length === 0 ? 'Use a smaller `context`, or render fewer frames.' : `Use ${ways.join(', or ')}.`;
}

/**
 * Why a render is refused, and what would fit.
 *
 * @param available bytes
 * @param where whose memory that is: `this computer`, `the GPU`
 */
export function refusalText(demand: MemoryDemand, available: number, where: string): string {
  const { needed } = chooseMemoryPlan(demand, available);
  const { width, height, window } = demand;
  return (
    `The render needs at least about ${gigabytes(needed)} of memory, but ${where} has ${gigabytes(available)}. It would ` +
    `process ${window} frames of ${width}×${height} at once. ${fittingText(fittingSettings(demand, available))}`
  );
}
