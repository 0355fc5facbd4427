/** Peak memory of the engine for 16 frames of several sizes, and the estimate made before a render; and that of ControlNets. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { availableMemory, memoryDemand } from '../engine/models/memory.ts';
import { cpu } from '../engine/onnx/session.ts';
import { memoryOfThisComputer } from '../library/memory.ts';
import { chooseMemoryPlan } from '../plan/memory-plan.ts';
import { clipWork } from '../plan/work.ts';
import { LocalEngine } from '../rendering/local-engine.ts';
import { describeModel } from '../weights/describe.ts';
import { openWeights } from '../weights/open.ts';
import { benchControlMemory } from './control-memory.ts';
import { demoPlan, peakMemory } from './render.ts';

const ROOT = resolve(import.meta.dirname, '..');
const WINDOW = 16;

export async function benchMemory(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'travel-bench-'));
  try {
    for (const side of [128, 256, 384, 512]) await measure(folder, side);
  } finally {
    await rm(folder, { recursive: true });
  }
  await benchControlMemory();
}

async function measure(folder: string, side: number): Promise<void> {
  const demo = await demoPlan(folder);
  const window = { start: 0, stride: 1, length: WINDOW };
  const plan = {
    ...demo,
    width: side,
    height: side,
    frames: demo.frames.slice(0, WINDOW),
    sampling: { ...demo.sampling, steps: 2 },
    context: { ...demo.context, windows: [[window]] },
    output: {
      ...demo.output,
      base: join(folder, `memory-${side}`),
      order: demo.output.order.filter((i) => i < WINDOW),
    },
  };
  const engine = new LocalEngine({ entry: join(ROOT, 'dist/engine.js'), cacheFolder: null });
  const result = await engine.submit(clipWork(plan)).result;
  const peak = engine.pid === undefined ? null : peakMemory(engine.pid);
  engine.stop();
  if (!result.ok) throw new Error(result.message);

  const description = describeModel(await openWeights(plan.models.checkpoint.path));
  if (description.kind !== 'checkpoint') throw new Error(`${plan.models.checkpoint.path} is not a checkpoint.`);
  const models = {
    unet: { channels: description.channels, unpackedBytes: 0, unpackedMotionBytes: 0, hasControlLora: false },
    vae: { channels: description.vaeChannels ?? 0, unpackedBytes: 0 },
  };
  const demand = memoryDemand(plan, models, cpu());
  const { needed } = chooseMemoryPlan(demand, memoryOfThisComputer(), availableMemory());
  console.log(
    `memory, ${WINDOW} frames of ${side}×${side}: ${peak === null ? 'unknown' : `${peak.toFixed(0)} MiB`} peak, ` +
      `${(needed / 2 ** 20).toFixed(0)} MiB estimated`,
  );
}
