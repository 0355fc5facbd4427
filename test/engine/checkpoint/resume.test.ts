import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkpointId } from '../../../engine/checkpoint/checkpoint-id.ts';
import { extractTravel } from '../../../engine/media/extract.ts';
import { ModelStore } from '../../../engine/models/store.ts';
import { UNet } from '../../../engine/models/unet/unet.ts';
import { Vae } from '../../../engine/models/vae/vae.ts';
import type { Sampler } from '../../../plan/samplers.ts';
import { firstCallOf, samplingCalls } from '../../../plan/steps.ts';
import { CHECKPOINTS } from '../../../protocol/cache-layout.ts';
import type { RenderProgress } from '../../../protocol/engine.ts';
import { runs } from '../../property-runs.ts';
import { pixels, STEPS, smallRenders } from './small-renders.ts';

let folder: string;
let cacheFolder: string;
let renders: ReturnType<typeof smallRenders>;
const store = new ModelStore();
function begin(): void {
  folder = mkdtempSync(join(tmpdir(), 'travel-resume-'));
  cacheFolder = join(folder, 'cache');
  renders = smallRenders(folder, store);
}
beforeEach(begin);
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});
afterAll(() => store.release());

const render = (...args: Parameters<typeof renders.render>) => renders.render(...args);
const planOf = (...args: Parameters<typeof renders.planOf>) => renders.planOf(...args);

/**
 * With no state, drawn noise, memory of one and of several steps, and Brownian noise with two calls a step. That every
 * sampler can be continued is tested in `pipelines/sampling.test.ts`, which takes no renders.
 */
const KINDS: readonly Sampler[] = ['Euler', 'Euler a', 'DPM++ 2M', 'UniPC', 'DPM++ SDE'];

const checkpoints = () => readdirSync(join(cacheFolder, CHECKPOINTS));

describe.each(KINDS)('a render with %s that was stopped', (sampler) => {
  let complete: string[];
  let reports: number;
  beforeAll(async () => {
    begin();
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

describe.each(KINDS)('a render with %s that is told to stop', (sampler) => {
  const atStep3 = ({ step }: RenderProgress) => step === 3;

  it('keeps the clip as it is after the step, says so in its files, and can be continued', async () => {
    const plan = await planOf(sampler, 'clip');
    const { result } = await render(plan, { stopAt: atStep3 });
    expect(result).toMatchObject({ ok: true, stoppedAfter: 3 });
    const part = pixels(plan.output.base);
    const extracted = await extractTravel(join(plan.output.base, '00000.png'));
    expect(extracted.plan).toMatchObject({ ok: true, plan: { sampling: { steps: STEPS, until: 3 } } });

    const unet = vi.spyOn(UNet.prototype, 'predict');
    const output = { ...plan.output, base: join(folder, 'continued') };
    expect((await render({ ...plan, output }, { resume: true })).result).not.toHaveProperty('stoppedAfter');
    expect(unet).toHaveBeenCalledTimes(2 * (samplingCalls(plan.sampling) - firstCallOf(plan.sampling, 3)));
    const whole = { ...plan, output: { ...plan.output, base: join(folder, 'whole') } };
    await render(whole);
    expect(pixels(output.base)).toEqual(pixels(whole.output.base));
    expect(pixels(output.base)).not.toEqual(part);
  });

  it('has the pixels of a plan that ends there, wherever that one was stopped', async () => {
    const plan = await planOf(sampler, 'clip');
    await render(plan, { stopAt: atStep3 });
    const output = { ...plan.output, base: join(folder, 'until') };
    const until = { ...plan, sampling: { ...plan.sampling, until: 3 }, output };
    for (const stage of ['sample', 'decode', 'write'] as const) {
      await render(until, { resume: true, cancelAt: (progress) => progress.stage === stage && progress.done > 0 });
    }
    const { result } = await render(until, { resume: true });
    expect(result).not.toHaveProperty('stoppedAfter');
    expect(pixels(until.output.base)).toEqual(pixels(plan.output.base));
  });
});

describe('a render with FreeInit', () => {
  const freeInit = { filter: 'gaussian', d_s: 0.5, d_t: 0.5, iterations: 2 } as const;
  const withFreeInit = async (name: string) => {
    const plan = await planOf('Euler a', name);
    return { ...plan, sampling: { ...plan.sampling, freeInit } };
  };

  it('has the same pixels when it is resumed in either iteration, or after a stop', async () => {
    const whole = await withFreeInit('whole');
    const { progress } = await render(whole);
    const sampling = progress.filter(({ stage }) => stage === 'sample');
    expect(sampling.at(-1)).toMatchObject({ done: 2 * 2 * STEPS, total: 2 * 2 * STEPS });
    expect(Math.max(...sampling.map(({ step = 0 }) => step))).toBe(2 * STEPS);
    expect(pixels(whole.output.base)).not.toEqual(await once(whole));

    const resumed = await withFreeInit('resumed');
    for (const at of [3, STEPS + 1, STEPS + 3]) {
      await render(resumed, { resume: true, cancelAt: ({ stage, step }) => stage === 'sample' && step === at });
    }
    await render(resumed, { resume: true });
    expect(pixels(resumed.output.base)).toEqual(pixels(whole.output.base));

    const stopped = await withFreeInit('stopped');
    const { result } = await render(stopped, { stopAt: ({ step }) => step === STEPS + 2 });
    expect(result).toMatchObject({ ok: true, stoppedAfter: STEPS + 2 });
    const continued = { ...stopped, output: { ...stopped.output, base: join(folder, 'continued') } };
    await render(continued, { resume: true });
    expect(pixels(continued.output.base)).toEqual(pixels(whole.output.base));
  });

  /** The pixels without FreeInit. */
  async function once(plan: Awaited<ReturnType<typeof withFreeInit>>): Promise<string[]> {
    const { freeInit: _, ...sampling } = plan.sampling;
    const base = join(folder, 'once');
    await render({ ...plan, sampling, output: { ...plan.output, base } });
    return pixels(base);
  }
});

describe('a render with DeepCache', () => {
  it('goes on from the last step whose features need not be saved, with the same pixels', async () => {
    const planFor = async (name: string) => {
      const plan = await planOf('Euler a', name);
      return { ...plan, sampling: { ...plan.sampling, deepCache: { interval: 2 } } };
    };
    const whole = await planFor('whole');
    await render(whole);
    const resumed = await planFor('resumed');
    await render(resumed, { cancelAt: ({ stage, step }) => stage === 'sample' && step === 4 });
    const { progress } = await render(resumed, { resume: true });
    expect(progress.find(({ stage }) => stage === 'sample')).toMatchObject({ done: 2 * 2 });
    expect(pixels(resumed.output.base)).toEqual(pixels(whole.output.base));
  });
});

describe('a checkpoint', () => {
  const afterStep3 = ({ step }: RenderProgress) => step === 4;

  it('of a GPU is continued on the CPU only if the CPU was chosen', async () => {
    const plan = await planOf('DPM++ 2M', 'clip');
    const unet = vi.spyOn(UNet.prototype, 'predict');
    const onGpu = { provider: 'webgpu', fusedAttention: false } as const;
    for (const [device, steps] of [
      ['auto', STEPS],
      ['cpu', STEPS - 3],
    ] as const) {
      await render(plan, { cancelAt: afterStep3 });
      const [own] = checkpoints();
      renameSync(join(cacheFolder, CHECKPOINTS, own!), join(cacheFolder, CHECKPOINTS, checkpointId(plan, onGpu)));
      unet.mockClear();
      const { log } = await render({ ...plan, device }, { resume: true });
      expect(unet).toHaveBeenCalledTimes(2 * steps);
      expect(log.some((line) => line.includes('where a GPU stopped'))).toBe(device === 'cpu');
      rmSync(join(cacheFolder, CHECKPOINTS), { recursive: true });
    }
  });

  it('saves the work that was done', async () => {
    const plan = await planOf('DPM++ 2M', 'clip');
    await render(plan, { cancelAt: afterStep3 });
    const unet = vi.spyOn(UNet.prototype, 'predict');
    const { progress } = await render(plan, { resume: true });
    expect(unet).toHaveBeenCalledTimes(2 * (STEPS - 3));
    // The stage never seems to begin again.
    const [first] = progress.filter(({ stage }) => stage === 'sample');
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
    expect(log.filter((line) => line.includes('progress'))).toEqual([
      expect.stringMatching(
        /^The progress of this render is not saved, so it cannot be resumed\. Cannot write .*: a part of the path is a file, not a folder\. Choose another folder with `travel\.cacheFolder` or `--cache-folder`\. \(EEXIST at mkdir\)$/,
      ),
    ]);
  });
});
