import { fastestPlan, fitTogether, type MemoryDemand, type MemoryPlan, memoryNeeded, memoryParts } from './memory.ts';
import { gigabytes } from './units.ts';

/** The sides of the VAE's tiles in pixels, in the order in which they are tried: those that SD 1.5 knows, and half. */
const TILES = [512, 256] as const;

/** What of a render runs models. All but `interpolate`, which has a choice of its own, follow one plan. */
export type MemoryStage = 'prompts' | 'images' | 'hints' | 'sample' | 'decode';

export interface ChosenMemoryPlan {
  readonly plan: MemoryPlan;
  /** Bytes. */
  readonly needed: number;
  /** Whether that is available. If not, this is the plan that needs the least. */
  readonly fits: boolean;
}

/** A matrix of one row is multiplied in another way, so one frame alone would get slightly other pixels. */
const SMALLEST_BATCH = 2;

/** `count`, a half, a quarter, … and 1. */
function halved(count: number): number[] {
  return count <= 1 ? [1] : [count, ...halved(Math.ceil(count / 2))];
}

type UNetChoice = Pick<MemoryPlan, 'sideBySide' | 'calls' | 'batch' | 'motionOnCpu'>;

/** From the fastest to the one that needs the least. All give the same pixels, but for the roundings of another device. */
function unetChoices(demand: MemoryDemand): readonly UNetChoice[] {
  const { window, motion, unpacked, motionDevice } = demand;
  const { sideBySide, calls, motionOnCpu } = fastestPlan(demand);
  const batches = [window];
  while (!motion && batches.at(-1)! > SMALLEST_BATCH) batches.push(Math.ceil(batches.at(-1)! / 2));
  const oneByOne = batches.map((batch) => ({ sideBySide: false, calls: 1, batch, motionOnCpu }));
  if (motion && unpacked && motionDevice === undefined) oneByOne.push({ ...oneByOne.at(-1)!, motionOnCpu: true });
  if (sideBySide) return [{ sideBySide, calls, batch: window, motionOnCpu }, ...oneByOne];
  const atOnce = halved(calls).filter((count) => count > 1);
  return [...atOnce.map((count) => ({ sideBySide, calls: count, batch: window, motionOnCpu })), ...oneByOne];
}

function vaeChoices(demand: MemoryDemand): readonly Pick<MemoryPlan, 'tile' | 'decodes'>[] {
  const { width, height } = demand;
  const tiles = TILES.filter((tile) => tile < Math.max(width, height));
  return [
    ...halved(fastestPlan(demand).decodes).map((decodes) => ({ tile: null, decodes })),
    ...tiles.map((tile) => ({ tile, decodes: 1 })),
  ];
}

/**
 * The fastest way to render in the available memory: small calls at the same time, prompts side by side or one after the
 * other, then, without motion, fewer frames at once, or the motion module on the CPU; and whole frames or tiles for the VAE.
 *
 * @param available bytes; null: unknown, so that everything is assumed to fit
 * @param free bytes of them that no program uses now; null: unknown
 */
export function chooseMemoryPlan(
  demand: MemoryDemand,
  available: number | null,
  free: number | null = available,
): ChosenMemoryPlan {
  const fastest = fastestPlan(demand);
  const fitting = <T>(choices: readonly T[], stage: 'unet' | 'vae') =>
    choices.find((choice) => {
      const parts = memoryParts(demand, { ...fastest, ...choice });
      return available === null || parts.always + parts[stage] <= available;
    }) ?? choices.at(-1)!;
  const chosen = { ...fastest, ...fitting(unetChoices(demand), 'unet'), ...fitting(vaeChoices(demand), 'vae') };
  const plan = { ...chosen, together: fitTogether(demand, chosen, free) };
  const needed = memoryNeeded(demand, plan);
  return { plan, needed, fits: available === null || needed <= available };
}

/**
 * The next plan that needs less memory in a stage; null if there is none. Models that keep their memory side by side
 * take turns in it. That is all that makes a difference to the stages without a choice, prompts and hints: other models
 * have released their memory.
 */
export function smallerPlan(demand: MemoryDemand, plan: MemoryPlan, stage: MemoryStage): MemoryPlan | null {
  const turns = { ...plan, together: false };
  if (stage === 'prompts' || stage === 'hints') return turns;
  const choices: readonly Partial<MemoryPlan>[] = stage === 'sample' ? unetChoices(demand) : vaeChoices(demand);
  const isCurrent = (choice: Partial<MemoryPlan>) =>
    (Object.keys(choice) as (keyof MemoryPlan)[]).every((key) => choice[key] === plan[key]);
  const next = choices[choices.findIndex(isCurrent) + 1];
  if (next) return { ...turns, ...next };
  return plan.together ? turns : null;
}

/** How a plan differs from the fastest one, for people; empty if it does not. */
export function memoryPlanText(
  demand: MemoryDemand,
  { sideBySide, calls, batch, motionOnCpu, tile, decodes }: MemoryPlan,
): string {
  const fastest = fastestPlan(demand);
  return [
    ...(sideBySide === fastest.sideBySide ? [] : ['prompts one after the other']),
    ...(calls === fastest.calls ? [] : [`windows and prompts ${calls === 1 ? 'one by one' : `${calls} at once`}`]),
    ...(motionOnCpu === fastest.motionOnCpu ? [] : ['the motion module on the CPU']),
    ...(batch === fastest.batch ? [] : [`${batch} frames at once`]),
    ...(tile === null && decodes !== fastest.decodes
      ? [`${decodes === 1 ? 'one frame' : `${decodes} frames`} decoded at once`]
      : []),
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
