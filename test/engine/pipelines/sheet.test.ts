import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { extractTravel } from '../../../engine/media/extract.ts';
import { ModelStore } from '../../../engine/models/store.ts';
import { UNet } from '../../../engine/models/unet/unet.ts';
import { Vae } from '../../../engine/models/vae/vae.ts';
import { render } from '../../../engine/pipelines/render.ts';
import type { Sheet } from '../../../plan/work.ts';
import { CHECKPOINTS } from '../../../protocol/cache-layout.ts';
import type { RenderProgress } from '../../../protocol/engine.ts';
import { STEPS, smallRenders } from '../checkpoint/small-renders.ts';

let folder: string;
const store = new ModelStore();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'travel-sheet-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});
afterAll(() => store.release());

/** Of the render in progress. */
let stop: AbortController;

/** Model calls of a clip. */
const CALLS = 2 * STEPS;

async function sheetOf(seeds: readonly number[]): Promise<Sheet> {
  const plan = await smallRenders(folder, store).planOf('Euler', 'clip');
  return {
    name: 'seeds',
    cells: seeds.map((seed) => ({ label: `seed ${seed}`, plan: { ...plan, sampling: { ...plan.sampling, seed } } })),
    columns: 2,
    base: join(folder, 'sheet'),
  };
}

async function renderSheet(
  sheet: Sheet,
  at: (progress: RenderProgress) => 'cancel' | 'stop' | undefined = () => undefined,
  resume = false,
) {
  const cancel = new AbortController();
  stop = new AbortController();
  const progress: RenderProgress[] = [];
  const result = await render(
    { work: { kind: 'sheet', sheet }, threads: null, cacheFolder: join(folder, 'cache'), resume },
    {
      store,
      signal: cancel.signal,
      stopHere: stop.signal,
      onProgress: (value) => {
        progress.push(value);
        const what = at(value);
        if (what === 'cancel') cancel.abort();
        if (what === 'stop') stop.abort();
      },
      log: () => undefined,
    },
  ).catch((error: Error) => error);
  return { result, progress };
}

describe('a sheet', () => {
  it('is one file with all clips, and holds the source; progress never goes back', async () => {
    const sheet = await sheetOf([1, 2, 3]);
    const { result, progress } = await renderSheet(sheet);
    expect(result).toMatchObject({ ok: true, files: [join(folder, 'sheet.webp')] });
    const { plan } = sheet.cells[0]!;
    expect(await sharp(join(folder, 'sheet.webp')).metadata()).toMatchObject({
      pages: plan.frames.length,
      width: 4 + 2 * (plan.width + 4),
    });
    expect(await extractTravel(join(folder, 'sheet.webp'))).toMatchObject({
      source: plan.source,
      plan: { ok: true, plan: { sampling: { seed: 1 } } },
    });
    const sampling = progress.filter(({ stage }) => stage === 'sample');
    expect(sampling.map(({ done }) => done)).toEqual(sampling.map(({ done }) => done).toSorted((a, b) => a - b));
    expect(sampling.at(-1)).toMatchObject({ done: 3 * CALLS, total: 3 * CALLS });
    expect(new Set(progress.map(({ stage }) => stage))).toEqual(new Set(['sample', 'write']));
    expect(readdirSync(join(folder, 'cache', CHECKPOINTS))).toEqual([]);
  });

  it('that was canceled goes on in the clip that it was making', async () => {
    const sheet = await sheetOf([1, 2]);
    await renderSheet(sheet, ({ done }) => (done === CALLS + 2 * 3 ? 'cancel' : undefined));
    const unet = vi.spyOn(UNet.prototype, 'predict');
    expect((await renderSheet(sheet, undefined, true)).result).toMatchObject({ ok: true });
    expect(unet.mock.calls.length).toBeGreaterThan(0);
    expect(unet.mock.calls.length).toBeLessThanOrEqual(2 * 3);
  });

  it('that is told to stop has the clips up to the one that it was making', async () => {
    const sheet = await sheetOf([1, 2, 3, 4]);
    const { result } = await renderSheet(sheet, ({ done }) => (done === CALLS + 1 ? 'stop' : undefined));
    // All steps of the first clip, and one of the second.
    expect(result).toMatchObject({ ok: true, stoppedAfter: STEPS + 1 });
    const { plan } = sheet.cells[0]!;
    const { pageHeight, height } = await sharp(join(folder, 'sheet.webp')).metadata();
    // One row of two; two rows would be more than twice as high as a clip.
    expect(pageHeight ?? height).toBeGreaterThan(plan.height);
    expect(pageHeight ?? height).toBeLessThan(2 * plan.height + 36);

    const unet = vi.spyOn(UNet.prototype, 'predict');
    const whole = await renderSheet({ ...sheet, base: join(folder, 'whole') }, undefined, true);
    expect(whole.result).not.toHaveProperty('stoppedAfter');
    expect(unet).toHaveBeenCalledTimes(4 * CALLS - CALLS - 2);
    expect(readdirSync(join(folder, 'cache', CHECKPOINTS))).toEqual([]);
  });

  it('that is told to stop before it has begun has the first step of its first clip', async () => {
    const sheet = await sheetOf([1, 2]);
    const { result } = await renderSheet(sheet, () => 'stop');
    expect(result).toMatchObject({ ok: true, stoppedAfter: 1, files: [join(folder, 'sheet.webp')] });
  });

  it('that is told to stop while its first clip is decoded says that it is not whole', async () => {
    const sheet = await sheetOf([1, 2]);
    const { decode } = Vae.prototype;
    vi.spyOn(Vae.prototype, 'decode').mockImplementation(function (this: Vae, ...latents) {
      stop.abort();
      return decode.apply(this, latents);
    });
    const { result } = await renderSheet(sheet);
    expect(result).toMatchObject({ ok: true, stoppedAfter: STEPS });
  });
});
