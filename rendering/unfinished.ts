import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { withoutMark } from '../plan/byte-order-mark.ts';
import { pixelsKey } from '../plan/pixels.ts';
import { TravelPlan } from '../plan/plan.ts';
import { firstCallOf, modelCalls } from '../plan/steps.ts';
import { CHECKPOINT_PLAN, CHECKPOINTS } from '../protocol/cache-layout.ts';
import type { RenderFailure, RenderProgress } from '../protocol/engine.ts';

/**
 * The plan of the latest unfinished render of a text whose progress was saved; null if there is none. It has the seed
 * and the wildcards that were rolled.
 *
 * @param source the `.travel` source, with or without its byte order mark, which editors leave out
 */
export async function unfinishedPlan(cacheFolder: string, source: string): Promise<TravelPlan | null> {
  const [latest] = (await savedPlans(cacheFolder))
    .filter(({ plan }) => withoutMark(plan.source) === withoutMark(source))
    .toSorted((a, b) => b.mtimeMs - a.mtimeMs);
  return latest?.plan ?? null;
}

/** Whether progress of a plan was saved, so that rendering it again does not start from the beginning. */
export async function hasProgress(cacheFolder: string, plan: TravelPlan): Promise<boolean> {
  const key = pixelsKey(plan);
  return (await savedPlans(cacheFolder)).some((saved) => pixelsKey(saved.plan) === key);
}

/** The plans of all checkpoints. */
async function savedPlans(cacheFolder: string): Promise<SavedPlan[]> {
  const root = join(cacheFolder, CHECKPOINTS);
  const names = await readdir(root).catch(missing);
  const found = await Promise.all((names ?? []).map((name) => planIn(join(root, name))));
  return found.filter((entry) => entry !== null);
}

interface SavedPlan {
  readonly plan: TravelPlan;
  readonly mtimeMs: number;
}

/**
 * The plan of a checkpoint; null if it is missing, cut off or of another version, whose progress cannot be used.
 *
 * @param folder of the checkpoint, absolute
 */
export async function planIn(folder: string): Promise<SavedPlan | null> {
  const path = join(folder, CHECKPOINT_PLAN);
  try {
    const { mtimeMs } = await stat(path);
    const plan = TravelPlan.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return plan.success ? { plan: plan.data, mtimeMs } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    return missing(error as NodeJS.ErrnoException);
  }
}

function missing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}

/** Whether a render that failed or was canceled can be resumed. @param progress as last reported */
export function canResume(plan: TravelPlan, { kind }: RenderFailure, progress: RenderProgress | null): boolean {
  // With another model file, it is another render.
  if (!progress || kind === 'file-changed') return false;
  const { stage, done } = progress;
  // Then the progress itself could not be saved, and what was saved before is all there is.
  if (kind === 'disk-full' && stage === 'sample') return done >= windowsOfSteps(plan, 2);
  const firstStep = windowsOfSteps(plan, 1);
  return ['decode', 'interpolate', 'write'].includes(stage) || (stage === 'sample' && done >= firstStep);
}

/** Windows that the first steps of a render take. */
function windowsOfSteps({ sampling, context }: TravelPlan, steps: number): number {
  // With DeepCache, not every step is saved.
  const interval = sampling.deepCache?.interval ?? 1;
  return modelCalls(context.windows.slice(0, firstCallOf(sampling, steps * interval)));
}
