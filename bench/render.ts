/** Time and memory of the demo render from plan to files, and the share of time outside ONNX Runtime. */

import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { checkTravel } from '../grammar/language.ts';
import { settle } from '../library/file-environment.ts';
import { ModelLibrary } from '../library/model-library.ts';
import type { TravelPlan } from '../plan/plan.ts';
import { clipWork } from '../plan/work.ts';
import { LocalEngine } from '../rendering/local-engine.ts';

const ROOT = resolve(import.meta.dirname, '..');
const EXAMPLE = join(ROOT, 'examples/portrait.travel');

export async function demoPlan(folder: string): Promise<TravelPlan> {
  const library = await ModelLibrary.open({ modelsFolder: join(ROOT, 'models'), roots: [] });
  const text = await readFile(EXAMPLE, 'utf8');
  const result = await settle(library, { path: EXAMPLE, wildcardFolders: [] }, (host) => checkTravel(text, host, {}));
  if (!result.plan) throw new Error('examples/portrait.travel has errors.');
  return { ...result.plan, output: { ...result.plan.output, base: join(folder, 'bench') } };
}

/** Peak memory of a process in MiB; null if it is not Linux. */
export function peakMemory(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  const kilobytes = /VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) / 1024;
}

export async function benchRender(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'travel-bench-'));
  try {
    const plan = await demoPlan(folder);
    const engine = new LocalEngine({ entry: join(ROOT, 'dist/engine.js'), cacheFolder: null });
    const start = performance.now();
    let firstStep = 0;
    const result = await engine.submit(clipWork(plan), (event) => {
      if (event.kind !== 'progress' || firstStep > 0) return;
      const { stage, done } = event.progress;
      if (stage === 'sample' && done === 1) firstStep = (performance.now() - start) / 1000;
    }).result;
    const memory = engine.pid === undefined ? null : peakMemory(engine.pid);
    engine.stop();
    if (!result.ok) throw new Error(result.message);
    const { total, load, encode, sample, decode, write, runtime } = result.timings;
    console.log(
      `render: ${total.toFixed(1)} s (load ${load.toFixed(2)}, encode ${encode.toFixed(2)}, ` +
        `sample ${sample.toFixed(1)}, decode ${decode.toFixed(2)}, write ${write.toFixed(2)}); ` +
        `${(100 * (1 - runtime / total)).toFixed(1)} % outside ONNX Runtime; ` +
        `engine start to the end of the first window ${firstStep.toFixed(1)} s; ` +
        `peak memory ${memory === null ? 'unknown' : `${memory.toFixed(0)} MiB`}`,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}
