/**
 * `npm run bench -- full-size`: clips of Stable Diffusion 1.5 in full size with random weights, through the engine: the time
 * until the first sampling step, of a step, outside ONNX Runtime, and the peak memory.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { checkTravel } from '../grammar/language.ts';
import { settle } from '../library/file-environment.ts';
import { ModelLibrary } from '../library/model-library.ts';
import type { TravelPlan } from '../plan/plan.ts';
import { clipWork } from '../plan/work.ts';
import { LocalEngine } from '../rendering/local-engine.ts';
import { randomModels } from './random-models.ts';
import { peakMemory } from './render.ts';

const ROOT = resolve(import.meta.dirname, '..');
const STEPS = 3;

interface Clip {
  readonly side: number;
  readonly frames: number;
}

/** Not counted: reads and hashes the model files, as the first render with them does. */
const FIRST: Clip = { side: 64, frames: 16 };

const CLIPS: readonly Clip[] = [
  { side: 512, frames: 1 },
  { side: 256, frames: 16 },
  { side: 512, frames: 16 },
];

export async function benchFullSize(): Promise<void> {
  const models = await randomModels();
  const folder = await mkdtemp(join(tmpdir(), 'travel-bench-'));
  try {
    for (const clip of [FIRST, ...CLIPS]) {
      const line = await measure(await planOf(clip, dirname(models.checkpoint), folder), clip, join(folder, 'cache'));
      if (clip !== FIRST) console.log(line);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function planOf({ side, frames }: Clip, randomFolder: string, folder: string): Promise<TravelPlan> {
  const library = await ModelLibrary.open({ modelsFolder: join(ROOT, 'models'), roots: [randomFolder] });
  const text = [
    '---',
    'checkpoint: checkpoint',
    `motion_module: ${frames > 1 ? 'motion' : 'none'}`,
    `frames: ${frames}`,
    `width: ${side}`,
    `height: ${side}`,
    'sampler: Euler',
    `steps: ${STEPS}`,
    'seed: 1',
    'save: [png]',
    '---',
    'a woman, portrait',
  ].join('\n');
  const place = { path: join(folder, `${side}.travel`), wildcardFolders: [] };
  const { plan, problems } = await settle(library, place, (host) => checkTravel(text, host, {}));
  if (!plan) throw new Error(problems.map(({ message }) => message).join('\n'));
  return { ...plan, output: { ...plan.output, base: join(folder, `${side}-${frames}`) } };
}

async function measure(plan: TravelPlan, { side, frames }: Clip, cacheFolder: string): Promise<string> {
  const engine = new LocalEngine({ entry: join(ROOT, 'dist/engine.js'), cacheFolder });
  const start = performance.now();
  const steps: number[] = [];
  const result = await engine.submit(clipWork(plan), (event) => {
    if (event.kind === 'progress' && event.progress.stage === 'sample' && event.progress.done > steps.length) {
      steps.push((performance.now() - start) / 1000);
    }
  }).result;
  const files = engine.pid === undefined ? null : await memoryOf(engine.pid);
  engine.stop();
  if (!result.ok) throw new Error(result.message);
  const [first, last] = [steps[0]!, steps.at(-1)!];
  const step = (last - first) / (steps.length - 1);
  const { total, runtime, load, encode } = result.timings;
  return (
    `full size, ${frames} × ${side}²: ready for the first step after ${(first - step).toFixed(1)} s ` +
    `(load ${load.toFixed(1)}, encode ${encode.toFixed(1)}), a step ${step.toFixed(1)} s, ` +
    `${(100 * (1 - runtime / total)).toFixed(1)} % outside ONNX Runtime, ${files ?? 'unknown memory'}`
  );
}

/** On Linux; null elsewhere. The peak counts mapped files, which other programs can take back. */
async function memoryOf(pid: number): Promise<string | null> {
  const peak = peakMemory(pid);
  if (peak === null) return null;
  const mapped = /RssFile:\s*(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
  return `peak memory ${peak.toFixed(0)} MiB, of which ${(Number(mapped) / 1024).toFixed(0)} MiB are mapped files at the end`;
}
