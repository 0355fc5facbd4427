import { z } from 'zod';
import { TravelPlan } from './plan.ts';

/** Cells of a sheet: enough for 8 seeds of 8 values. */
export const MOST_CELLS = 64;

/** Several clips side by side, to compare seeds, settings or files. */
export const Sheet = z.strictObject({
  /** Shown while it is rendered. */
  name: z.string().min(1),
  /** In reading order. */
  cells: z
    .array(z.strictObject({ label: z.string(), plan: TravelPlan }))
    .min(1)
    .max(MOST_CELLS),
  columns: z.int().positive(),
  /** Absolute path of the WebP file that is written, without extension. */
  base: z.string().min(1),
});
export type Sheet = z.infer<typeof Sheet>;

/** What a render makes: the files of a plan, or a sheet of several plans. */
export const Work = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('clip'), plan: TravelPlan }),
  z.strictObject({ kind: z.literal('sheet'), sheet: Sheet }),
]);
export type Work = z.infer<typeof Work>;

export const clipWork = (plan: TravelPlan): Work => ({ kind: 'clip', plan });

/** Where the files of a work go: absolute paths without extension. */
export const baseOf = (work: Work): string => (work.kind === 'clip' ? work.plan.output.base : work.sheet.base);

/** The plans of a work, at least one. */
export function plansOf(work: Work): TravelPlan[] {
  return work.kind === 'clip' ? [work.plan] : work.sheet.cells.map(({ plan }) => plan);
}

/** The same work on the CPU. */
export function onCpu(work: Work): Work {
  const moved = (plan: TravelPlan): TravelPlan => ({ ...plan, device: 'cpu' });
  if (work.kind === 'clip') return clipWork(moved(work.plan));
  const { cells, ...sheet } = work.sheet;
  return { ...work, sheet: { ...sheet, cells: cells.map(({ label, plan }) => ({ label, plan: moved(plan) })) } };
}
