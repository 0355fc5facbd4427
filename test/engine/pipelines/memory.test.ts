import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { RenderError } from '../../../engine/failure.ts';
import { ModelStore } from '../../../engine/models/store.ts';
import { cpu } from '../../../engine/onnx/session.ts';
import { RenderMemory } from '../../../engine/pipelines/memory.ts';
import { render } from '../../../engine/pipelines/render.ts';
import { fastestPlan, type MemoryDemand, type MemoryPlan, memoryNeeded } from '../../../plan/memory.ts';
import type { LogLine } from '../../../protocol/engine.ts';
import { smallPlan } from './plans.ts';

const DEMAND: MemoryDemand = {
  window: 16,
  frames: 16,
  width: 256,
  height: 256,
  channels: [320, 1280],
  vaeChannels: 128,
  models: 2e9,
  motion: true,
};
/** With unknown memory, models take turns. */
const FIRST = { ...fastestPlan(DEMAND), together: false };
const SMALLER = { ...FIRST, sideBySide: false };

function memoryWith(memory: number | null, runtime = cpu()) {
  const log: string[] = [];
  const events: string[] = [];
  const add = (line: string) => void log.push(line);
  const models = [{ release: async () => void events.push('release') }];
  return { log, events, open: () => new RenderMemory(DEMAND, models, { runtime, memory, info: add, warn: add }) };
}

/** A stage that fails as often as it should, with the plans that it was run with. */
function failing(message: string, times: number, events: string[] = []) {
  const plans: MemoryPlan[] = [];
  return {
    plans,
    work: async (plan: MemoryPlan) => {
      events.push('run');
      plans.push(plan);
      if (plans.length <= times) throw new Error(message);
      return 'done';
    },
  };
}

describe('before a render', () => {
  it('logs what it needs, and how it keeps within the memory', () => {
    const enough = memoryWith(64e9);
    enough.open();
    expect(enough.log).toEqual([expect.stringMatching(/^Memory: about \d\.\d GB of 64 GB$/)]);
    const less = memoryWith(memoryNeeded(DEMAND, FIRST) - 1);
    less.open();
    expect(less.log[0]).toMatch(/with prompts one after the other, which takes longer$/);
    const unknown = memoryWith(null);
    unknown.open();
    expect(unknown.log[0]).toMatch(/of unknown$/);
  });

  it('is refused with numbers and with what would fit', () => {
    const { open } = memoryWith(2.5e9);
    expect(open).toThrow(RenderError);
    expect(open).toThrow(/at least about .* GB of memory, but this computer has 2\.5 GB.*Use \d+×\d+ or smaller/);
    const onGpu = memoryWith(2.5e9, { ...cpu(), provider: 'cuda' });
    expect(onGpu.open).toThrow(/the GPU has 2\.5 GB.*--gpu-memory.*device: cpu/);
  });
});

describe('a stage that runs out of memory', () => {
  it.each([
    'std::bad_alloc',
    'CUDA failure 2: out of memory ; GPU=0',
    'Failed to allocate memory for requested buffer of size 1073741824',
    'CUBLAS_STATUS_ALLOC_FAILED',
    'Not enough memory resources are available to complete this operation. 8007000E',
  ])('runs once more with the next smaller plan: %s', async (message) => {
    const { open, log, events } = memoryWith(null);
    const { plans, work } = failing(message, 1, events);
    expect(await open().run('sample', work)).toBe('done');
    expect(plans).toEqual([FIRST, SMALLER]);
    expect(events).toEqual(['run', 'release', 'run']);
    expect(log.at(-1)).toMatch(/ran out of memory.*prompts one after the other/);
  });

  it('fails if it does so again, or if nothing smaller exists', async () => {
    const twice = failing('out of memory', 2);
    await expect(memoryWith(null).open().run('sample', twice.work)).rejects.toThrow('out of memory');
    expect(twice.plans).toHaveLength(2);
    const small = failing('out of memory', 1);
    await expect(memoryWith(null).open().run('decode', small.work)).rejects.toThrow('out of memory');
    expect(small.plans).toHaveLength(1);
  });

  it('fails with any other error at once', async () => {
    const { plans, work } = failing('NaN', 1);
    await expect(memoryWith(null).open().run('sample', work)).rejects.toThrow('NaN');
    expect(plans).toHaveLength(1);
  });
});

describe('a render', () => {
  const folder = mkdtempSync(join(tmpdir(), 'travel-memory-'));
  const store = new ModelStore();
  afterAll(async () => {
    await store.release();
    rmSync(folder, { recursive: true });
  });

  /** @param onGpu whether `auto` finds a GPU, which has a thousandth of the memory */
  async function renderIn(bytes: number, name: string, onGpu = false) {
    const plan = await smallPlan({ device: onGpu ? 'auto' : 'cpu' });
    const output = { ...plan.output, base: join(folder, name), formats: ['png' as const] };
    const log: LogLine[] = [];
    const work = { kind: 'clip', plan: { ...plan, output } } as const;
    const rendered = render(
      { work, threads: null, cacheFolder: null, resume: false },
      {
        store,
        signal: new AbortController().signal,
        deviceMemory: async (provider) => ({ bytes: provider === 'cpu' ? bytes : bytes / 1000, source: 'test' }),
        chooseRuntime: async (device) => ({
          ...cpu(),
          provider: device === 'cpu' ? 'cpu' : 'webgpu',
          device: device === 'cpu' ? 'CPU' : 'WebGPU',
          description: '',
          passedOver: null,
        }),
        onProgress: () => undefined,
        log: (line) => log.push(line),
      },
    );
    const { device, passedOver } = await rendered;
    return { lines: log.map(({ line }) => line), device, passedOver };
  }

  it('says what it needs of the memory of its device', async () => {
    const { lines } = await renderIn(64e9, 'roomy');
    expect(lines).toContainEqual(expect.stringMatching(/^Memory: about 0\.\d GB of 64 GB$/));
  });

  it('uses the CPU if it does not fit into the memory of the GPU that auto found', async () => {
    const { lines, ...result } = await renderIn(64e9, 'moved', true);
    expect(result).toEqual({ device: 'CPU', passedOver: 'webgpu' });
    expect(lines).toContainEqual(expect.stringMatching(/the GPU has 0\.1 GB.*The CPU renders it\.$/));
  });

  it('is refused before anything runs if nothing fits', async () => {
    await expect(renderIn(1e7, 'refused')).rejects.toThrow(/this computer has 0\.0 GB/);
  });
});
