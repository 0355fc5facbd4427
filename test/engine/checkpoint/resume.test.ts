import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ModelStore } from '../../../engine/models/store.ts';
import { UNet } from '../../../engine/models/unet/unet.ts';
import { Vae } from '../../../engine/models/vae/vae.ts';
import { renderPlan } from '../../../engine/pipelines/render.ts';
import type { TravelPlan } from '../../../plan/plan.ts';
import { SAMPLERS, type Sampler, samplingSteps } from '../../../plan/steps.ts';
import { CHECKPOINTS } from '../../../protocol/cache-layout.ts';
import type { RenderProgress } from '../../../protocol/engine.ts';
import { runs } from '../../property-runs.ts';
import { smallPlan } from '../pipelines/plans.ts';

let folder: string;
let cacheFolder: string;
const store = new ModelStore();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'travel-resume-'));
  cacheFolder = join(folder, 'cache');
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});
afterAll(() => store.release());

const STEPS = 5;

/** Two windows a step, and images to compare. */
async function planOf(sampler: Sampler, name: string): Promise<TravelPlan> {
  const plan = await smallPlan();
  const sampling = { ...plan.sampling, sampler, steps: STEPS };
  const row = [
    { start: 0, stride: 1, length: 1 },
    { start: 1, stride: 1, length: 1 },
  ];
  return {
    ...plan,
    sampling,
    context: { ...plan.context, windows: Array(samplingSteps(sampling)).fill(row) },
    output: { ...plan.output, base: join(folder, name), formats: ['png'] },
  };
}

interface Options {
  readonly resume?: boolean;
  /** Cancels when it is true of what the render reports. */
  readonly cancelAt?: (progress: RenderProgress, count: number) => boolean;
}

async function render(plan: TravelPlan, { resume = false, cancelAt = () => false }: Options = {}) {
  const cancel = new AbortController();
  const progress: RenderProgress[] = [];
  const log: string[] = [];
  const result = await renderPlan(
    { plan, mode: 'lean', cacheFolder, resume },
    {
      store,
      signal: cancel.signal,
      onProgress: (value) => {
        progress.push(value);
        if (cancelAt(value, progress.length)) cancel.abort();
      },
      log: ({ line }) => log.push(line),
    },
  ).catch((error: Error) => error);
  return { result, progress, log };
}

/** The pixels of all images. They follow the metadata in a PNG's `IDAT` chunks. */
function pixels(base: string): string[] {
  return readdirSync(base).map((name) => {
    const bytes = readFileSync(join(base, name));
    return bytes.subarray(bytes.indexOf('IDAT')).toString('base64');
  });
}

const checkpoints = () => readdirSync(join(cacheFolder, CHECKPOINTS));

describe.each(SAMPLERS)('a render with %s that was stopped', (sampler) => {
  let complete: string[];
  let reports: number;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'travel-resume-'));
    cacheFolder = join(folder, 'cache');
    const { progress } = await render(await planOf(sampler, 'complete'));
    complete = pixels(join(folder, 'complete'));
    reports = progress.length;
    rmSync(folder, { recursive: true });
  });

  it('has the same pixels when it is resumed, wherever and however often it was stopped', async () => {
    const stops = fc.array(fc.integer({ min: 1, max: reports }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(stops, fc.nat(), async (counts, id) => {
        const plan = await planOf(sampler, `clip-${id}`);
        for (const at of counts) await render(plan, { resume: true, cancelAt: (_, count) => count === at });
        await render(plan, { resume: true });
        expect(pixels(plan.output.base)).toEqual(complete);
        rmSync(plan.output.base, { recursive: true });
        expect(checkpoints()).toEqual([]);
      }),
      runs(8),
    );
  });
});

describe('a checkpoint', () => {
  const afterStep3 = ({ step }: RenderProgress) => step === 4;

  it('saves the work that was done', async () => {
    const plan = await planOf('DPM++ 2M', 'clip');
    await render(plan, { cancelAt: afterStep3 });
    const unet = vi.spyOn(UNet.prototype, 'predict');
    const { progress } = await render(plan, { resume: true });
    expect(unet).toHaveBeenCalledTimes(2 * (STEPS - 3));
    const [first] = progress.filter(({ stage, done }) => stage === 'sample' && done > 0);
    expect(first).toMatchObject({ done: 6, total: 2 * STEPS });
    // Nothing is known about the speed yet.
    expect(first).not.toHaveProperty('secondsLeft');
  });

  it('saves decoded frames, so that a render whose files could not be written only writes them', async () => {
    const plan = await planOf('Euler', 'clip');
    const stopped = await render(plan, { cancelAt: ({ stage }) => stage === 'write' });
    expect(stopped.result).toMatchObject({ name: 'AbortError' });
    const [unet, vae] = [vi.spyOn(UNet.prototype, 'predict'), vi.spyOn(Vae.prototype, 'decode')];
    expect((await render(plan, { resume: true })).result).toMatchObject({ ok: true });
    expect([unet.mock.calls.length, vae.mock.calls.length]).toEqual([0, 0]);
  });

  it('is used for other output files of the same clip, but not for another clip', async () => {
    const plan = await planOf('Euler', 'clip');
    await render(plan, { cancelAt: afterStep3 });
    const seed = { ...plan.sampling, seed: plan.sampling.seed + 1 };
    const other = await render({ ...plan, sampling: seed }, { resume: true });
    expect(other.log).toContain('No saved progress was found for this render, so it starts from the beginning.');
    const unet = vi.spyOn(UNet.prototype, 'predict');
    const output = { ...plan.output, base: join(folder, 'other'), formats: ['webp' as const] };
    await render({ ...plan, source: 'a cat # again\n', output }, { resume: true });
    expect(unet).toHaveBeenCalledTimes(2 * (STEPS - 3));
  });

  it('is not used unless that was requested', async () => {
    const plan = await planOf('Euler', 'clip');
    await render(plan, { cancelAt: afterStep3 });
    const unet = vi.spyOn(UNet.prototype, 'predict');
    await render(plan);
    expect(unet).toHaveBeenCalledTimes(2 * STEPS);
  });

  it.each<[string, (content: Buffer) => Buffer]>([
    ['cut off', (content) => content.subarray(0, content.length / 2)],
    ['empty', () => Buffer.alloc(0)],
    ['changed', (content) => content.map((byte, i) => (i === content.length >> 1 ? byte ^ 1 : byte)) as Buffer],
  ])('that is %s counts as missing', async (_, damage) => {
    const plan = await planOf('Euler', 'clip');
    await render(plan, { cancelAt: ({ stage }) => stage === 'write' });
    const [name] = checkpoints();
    const path = join(cacheFolder, CHECKPOINTS, name!);
    for (const file of readdirSync(path)) {
      writeFileSync(join(path, file), damage(readFileSync(join(path, file))));
    }
    const unet = vi.spyOn(UNet.prototype, 'predict');
    expect((await render(plan, { resume: true })).result).toMatchObject({ ok: true });
    expect(unet).toHaveBeenCalledTimes(2 * STEPS);
  });

  it('that cannot be written does not stop the render, and is reported once', async () => {
    const plan = await planOf('Euler', 'clip');
    writeFileSync(cacheFolder, 'a file');
    const { result, log } = await render(plan);
    expect(result).toMatchObject({ ok: true });
    expect(log.filter((line) => line.includes('cannot be saved'))).toHaveLength(1);
  });
});
