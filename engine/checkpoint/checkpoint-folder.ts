import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { largest } from '../../plan/extremes.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import { CHECKPOINTS } from '../../protocol/cache-layout.ts';
import { type CacheEntry, type CacheLimits, toEvict } from '../eviction.ts';
import type { Provider, Runtime } from '../onnx/session.ts';
import { Checkpoint } from './checkpoint.ts';
import { checkpointId } from './checkpoint-id.ts';

/** Of all checkpoints together, except for the one in use. */
const LIMITS: CacheLimits = { age: 14 * 24 * 60 * 60 * 1000, bytes: 4 * 2 ** 30 };

interface OpenOptions {
  readonly plan: TravelPlan;
  readonly runtime: Runtime;
  /** Absolute; null: nothing is saved. */
  readonly cacheFolder: string | null;
  /** Whether to continue from the saved progress. Otherwise, it is removed. */
  readonly resume: boolean;
  readonly warn: (line: string) => void;
}

/** The checkpoint of a render that begins. */
export async function openCheckpoint({ plan, runtime, cacheFolder, resume, warn }: OpenOptions): Promise<Checkpoint> {
  if (cacheFolder === null) return new Checkpoint({ folder: null, plan, warn });
  const folder = join(cacheFolder, CHECKPOINTS, checkpointId(plan, runtime));
  await evictCheckpoints(cacheFolder, folder).catch((error: Error) =>
    warn(`Saved progress of old renders could not be removed: ${error.message}`),
  );
  const checkpoint = new Checkpoint({ folder, plan, warn });
  if (!resume) await checkpoint.remove();
  else if (!(await checkpoint.sampling()) && !(await adopted(checkpoint, plan, cacheFolder, warn))) {
    warn('No saved progress was found for this render, so it starts from the beginning.');
  }
  return checkpoint;
}

/**
 * Continues on the CPU, if the user has chosen it, what a GPU began. Frames are decoded again.
 *
 * @returns whether there was anything
 */
async function adopted(
  checkpoint: Checkpoint,
  plan: TravelPlan,
  cacheFolder: string,
  warn: (line: string) => void,
): Promise<boolean> {
  if (plan.device !== 'cpu') return false;
  for (const provider of GPU_PROVIDERS) {
    for (const fusedAttention of [true, false]) {
      const id = checkpointId(plan, { provider, fusedAttention });
      const state = await new Checkpoint({ folder: join(cacheFolder, CHECKPOINTS, id), plan, warn }).sampling();
      if (!state) continue;
      warn('The render goes on where a GPU stopped. Its pixels may differ a little from those of one device.');
      await checkpoint.saveSampling(state);
      return true;
    }
  }
  return false;
}

const GPU_PROVIDERS = ['cuda', 'dml', 'webgpu', 'coreml'] as const satisfies readonly Provider[];

/**
 * Removes checkpoints that are old, or that exceed the limit together.
 *
 * @param current the folder of the render that begins, which is kept
 */
export async function evictCheckpoints(cacheFolder: string, current: string, limits = LIMITS): Promise<void> {
  const root = join(cacheFolder, CHECKPOINTS);
  const others = (await namesIn(root)).map((name) => join(root, name)).filter((path) => path !== current);
  const entries = (await Promise.all(others.map(entryOf))).filter((entry) => entry !== null);
  for (const { path } of toEvict(entries, limits)) await rm(path, { recursive: true, force: true });
}

/** Another render may remove files at the same time, which then count as missing. */
async function entryOf(path: string): Promise<CacheEntry | null> {
  const files = await Promise.all((await namesIn(path)).map((name) => stat(join(path, name)).catch(missing)));
  const present = files.filter((file) => file !== null);
  if (present.length === 0) return { path, size: 0, usedMs: 0 };
  return {
    path,
    size: present.reduce((sum, { size }) => sum + size, 0),
    usedMs: largest(present.map(({ mtimeMs }) => mtimeMs)),
  };
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(missing)) ?? [];
}

function missing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}
