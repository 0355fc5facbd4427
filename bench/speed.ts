/**
 * `npm run bench -- speed FOLDER`: the models' speed against the sources in another folder, such as a worktree of an
 * older commit with its own node_modules, in turns. Smaller ratios are faster than that folder.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { randomModels } from './random-models.ts';
import type { Workload } from './speed-worker.ts';

const ROOT = resolve(import.meta.dirname, '..');
/** Besides a first one that is not counted. */
const ROUNDS = 3;

export const POCKET = {
  checkpoint: join(ROOT, 'models/pocket/pocket.safetensors'),
  motionModule: join(ROOT, 'models/pocket/mm_pocket.safetensors'),
  context: 128,
};

interface Measured {
  readonly clock: number;
  readonly processor: number;
}

export async function benchSpeed(folder: string): Promise<void> {
  const full = { ...(await randomModels()), context: 768 };
  const workloads: Readonly<Record<string, Workload>> = {
    'pocket, two windows of 16 frames of 128²': { ...POCKET, kind: 'unet', side: 128, frames: 16, calls: 2 },
    'pocket, two frames of 128² decoded': { ...POCKET, kind: 'vae', side: 128, frames: 1, calls: 2 },
    'full size, image of 512²': { ...full, motionModule: null, kind: 'unet', side: 512, frames: 1, calls: 1 },
    'full size, 16 frames of 256²': { ...full, kind: 'unet', side: 256, frames: 16, calls: 1 },
    'full size, 512² decoded': { ...full, kind: 'vae', side: 512, frames: 1, calls: 1 },
  };
  for (const [name, workload] of Object.entries(workloads)) {
    const processes = [resolve(folder), ROOT].map((root) =>
      fork(join(import.meta.dirname, 'speed-worker.ts'), [root, JSON.stringify(workload)]),
    );
    const best = processes.map((): Measured => ({ clock: Infinity, processor: Infinity }));
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [i, child] of processes.entries()) {
        const { clock, processor } = await measure(child);
        if (round === 0) continue;
        const before = best[i]!;
        best[i] = { clock: Math.min(before.clock, clock), processor: Math.min(before.processor, processor) };
      }
    }
    for (const child of processes) child.kill();
    const [old, now] = best as [Measured, Measured];
    const line = (of: keyof Measured) =>
      `${old[of].toFixed(2)} s → ${now[of].toFixed(2)} s (×${(now[of] / old[of]).toFixed(2)})`;
    console.log(`speed, ${name}: ${line('clock')}, processor ${line('processor')}`);
  }
}

async function measure(child: ChildProcess): Promise<Measured> {
  child.send('run');
  const [measured] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('A measured process ended.'))),
  ]);
  return measured as Measured;
}
