import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ModelStore } from '../../../engine/models/store.ts';
import { UNet } from '../../../engine/models/unet/unet.ts';
import { Vae } from '../../../engine/models/vae/vae.ts';
import { renderPlan } from '../../../engine/pipelines/render.ts';
import type { TravelPlan } from '../../../plan/plan.ts';
import type { RenderProgress } from '../../../protocol/engine.ts';
import { smallPlan } from './plans.ts';

let folder: string;
let store: ModelStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'travel-render-'));
  store = new ModelStore();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await store.release();
  rmSync(folder, { recursive: true });
});

async function planOf(changes: Partial<TravelPlan> = {}): Promise<TravelPlan> {
  const plan = await smallPlan(changes);
  return { ...plan, output: { ...plan.output, base: join(folder, 'new', 'clip') } };
}

async function render(plan: TravelPlan, signal = new AbortController().signal) {
  const progress: RenderProgress[] = [];
  const result = await renderPlan(
    { plan, mode: 'lean', cacheFolder: null },
    {
      store,
      signal,
      onProgress: (value) => progress.push(value),
      log: () => undefined,
    },
  );
  return { result, progress };
}

/** Runs a render and lists in order when UNet and VAE ran and were released. */
async function eventsOf(plan: TravelPlan): Promise<string[]> {
  const spies = {
    'unet runs': vi.spyOn(UNet.prototype, 'predict'),
    'unet released': vi.spyOn(UNet.prototype, 'release'),
    'vae runs': vi.spyOn(Vae.prototype, 'decode'),
    'vae released': vi.spyOn(Vae.prototype, 'release'),
  };
  await render(plan);
  const calls = Object.entries(spies).flatMap(([event, { mock }]) =>
    mock.invocationCallOrder.map((order) => ({ event, order })),
  );
  const events = calls.sort((x, y) => x.order - y.order).map(({ event }) => event);
  return events.filter((event, i) => event !== events[i - 1]);
}

describe('renderPlan', () => {
  it('fails for an explicit device that cannot be used, before it creates a folder or opens a model', async () => {
    const device = process.platform === 'win32' ? 'coreml' : 'dml';
    const gone = { path: join(folder, 'gone.safetensors'), size: 1, mtimeMs: 1 };
    const plan = await planOf({ device });
    await expect(render({ ...plan, models: { ...plan.models, checkpoint: gone } })).rejects.toMatchObject({
      kind: 'unsupported',
      message: expect.stringContaining(`The device "${device}" cannot be used: `),
    });
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });

  it('does nothing for a request that is already canceled', async () => {
    await expect(render(await planOf(), AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });

  it('goes through all stages and keeps the models for the next render', async () => {
    vi.spyOn(process, 'availableMemory').mockReturnValue(64e9);
    const plan = await planOf();
    const { result, progress } = await render(plan);
    expect(result).toMatchObject({ ok: true, device: 'cpu', files: [join(folder, 'new', 'clip.txt')] });
    expect([...new Set(progress.map(({ stage }) => stage))]).toEqual(['load', 'encode', 'sample', 'decode', 'write']);
    expect(await eventsOf(plan)).toEqual(['unet runs', 'vae runs']);
    expect(readdirSync(join(folder, 'new')).sort()).toEqual(['clip-2.txt', 'clip.txt']);
  });

  it('lets UNet and VAE take turns if memory is short', async () => {
    vi.spyOn(process, 'availableMemory').mockReturnValue(1e6);
    expect(await eventsOf(await planOf())).toEqual(['vae released', 'unet runs', 'unet released', 'vae runs']);
  });

  it('releases all models after the render if the plan says so', async () => {
    vi.spyOn(process, 'availableMemory').mockReturnValue(64e9);
    const plan = await planOf();
    const events = await eventsOf({ ...plan, models: { ...plan.models, unload: true } });
    expect(events).toEqual(['unet runs', 'vae runs', 'unet released', 'vae released']);
  });
});
