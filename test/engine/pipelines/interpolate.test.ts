import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { readClip } from '../../../engine/media/read-clip.ts';
import { Film } from '../../../engine/models/film/film.ts';
import { ModelStore } from '../../../engine/models/store.ts';
import { UNet } from '../../../engine/models/unet/unet.ts';
import { render as renderWork } from '../../../engine/pipelines/render.ts';
import { shownFrames } from '../../../plan/interpolation.ts';
import type { TravelPlan } from '../../../plan/plan.ts';
import type { RenderProgress } from '../../../protocol/engine.ts';
import { FILM } from '../../weights/film-files.ts';
import { fileBytes, filled, withTensors } from '../../weights/layouts/raw.ts';
import { fileRef, frameOf, smallPlan } from './plans.ts';

type Interpolation = NonNullable<TravelPlan['output']['interpolation']>;

const COMMON = { count: 3, closed: false, cuts: [], findCuts: false };
let folder: string;
let store: ModelStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'travel-interpolate-'));
  store = new ModelStore();
  onTestFinished(async () => {
    vi.restoreAllMocks();
    await store.release();
    rmSync(folder, { recursive: true });
  });
});

async function filmModel(bytes = fileBytes(FILM)): Promise<Interpolation> {
  const path = join(folder, 'film_net_fp16.safetensors');
  writeFileSync(path, bytes);
  return { method: 'film', model: await fileRef(path), timed: true, ...COMMON };
}

async function planOf(interpolation: Interpolation, changes: Partial<TravelPlan['output']> = {}): Promise<TravelPlan> {
  const plan = await smallPlan({ frames: [frameOf(0), frameOf(1), frameOf(2)] });
  const output = { ...plan.output, base: join(folder, 'clip'), formats: ['png' as const], interpolation, ...changes };
  return { ...plan, output };
}

interface Options {
  readonly signal?: AbortSignal;
  readonly cacheFolder?: string | null;
  readonly resume?: boolean;
  readonly memory?: number | null;
  readonly onProgress?: (progress: RenderProgress) => void;
}

async function render(plan: TravelPlan, options: Options = {}) {
  const { signal = new AbortController().signal, cacheFolder = null, resume = false, memory = null } = options;
  const progress: RenderProgress[] = [];
  const log: string[] = [];
  const result = await renderWork(
    { work: { kind: 'clip', plan }, threads: null, cacheFolder, resume },
    {
      store,
      signal,
      ...(memory !== null && { deviceMemory: async () => ({ bytes: memory, source: 'test' }) as never }),
      onProgress: (value) => {
        progress.push(value);
        options.onProgress?.(value);
      },
      log: ({ line }) => log.push(line),
    },
  );
  const { clip } = await readClip(result.files[0]!);
  return { clip, progress, log, result };
}

const frames = ({ clip }: Awaited<ReturnType<typeof render>>) =>
  Array.from({ length: clip.count }, (_, i) => Buffer.from(clip.rgb(i)).toString('base64'));

describe('a render with interpolation', () => {
  it('writes the frames with new ones between, and their number into the plan', async () => {
    const plain = await render(
      await planOf({ method: 'blend', ...COMMON }, { interpolation: null, base: join(folder, 'a') }),
    );
    const blend = await render(await planOf({ method: 'blend', ...COMMON }));
    expect(blend.clip.count).toBe(9);
    expect([0, 4, 8].map((i) => frames(blend)[i])).toEqual(frames(plain));
    const [first, middle, last] = [0, 2, 4].map((i) => blend.clip.rgb(i));
    expect(middle!.every((value, i) => Math.abs(value - (first![i]! + last![i]!) / 2) <= 0.5)).toBe(true);
    const { plan } = await readClip(blend.result.files[0]!);
    expect(shownFrames(plan.output)).toBe(9);
  });

  it('also fills the gap from the last frame to the first in a closed loop', async () => {
    const blend = await render(await planOf({ method: 'blend', ...COMMON, closed: true }));
    expect(blend.clip.count).toBe(12);
    const [last, middle, first] = [8, 10, 0].map((i) => blend.clip.rgb(i));
    expect(middle!.every((value, i) => Math.abs(value - (first![i]! + last![i]!) / 2) <= 0.5)).toBe(true);
  });

  it('repeats frames across cuts and between equal frames', async () => {
    const order = [0, 1, 1, 2];
    const blend = await render(await planOf({ method: 'blend', ...COMMON, count: 2, cuts: [2] }, { order }));
    const all = frames(blend);
    expect(all).toHaveLength(10);
    expect(all.slice(4, 7)).toEqual([all[3], all[3], all[3]]);
    expect(all.slice(7, 9)).toEqual([all[6], all[9]]);
    expect(blend.log).toContainEqual(expect.stringMatching(/cuts of the text after the shown frames 2 are kept/));
  });

  it('fades while the clip is written, and can be canceled', async () => {
    const cancel = new AbortController();
    const plan = await planOf({ method: 'blend', ...COMMON });
    const canceled = render(plan, {
      signal: cancel.signal,
      onProgress: ({ stage }) => {
        if (stage === 'write') cancel.abort();
      },
    });
    await expect(canceled).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('makes frames with FILM, the same ones for the same gap, with progress', async () => {
    const between = vi.spyOn(Film.prototype, 'between');
    const film = await render(await planOf(await filmModel(), { order: [0, 1, 0, 1] }));
    expect(film.clip.count).toBe(13);
    const all = frames(film);
    expect(all.slice(8, 13)).toEqual(all.slice(0, 5));
    // Two different gaps, of which one is shown twice.
    expect(between).toHaveBeenCalledTimes(6);
    const stages = film.progress.filter(({ stage }) => stage === 'interpolate');
    expect(stages.map(({ done, total }) => `${done}/${total}`)).toEqual([
      '0/6',
      '1/6',
      '2/6',
      '3/6',
      '4/6',
      '5/6',
      '6/6',
    ]);
    expect(film.result.timings.interpolate).toBeGreaterThan(0);
    expect([...new Set(film.progress.map(({ stage }) => stage))].slice(-3)).toEqual(['decode', 'interpolate', 'write']);
  });

  it('ignores the time if the plan says so', async () => {
    const model = await filmModel();
    const timed = await render(await planOf({ ...model, count: 2 }));
    const middle = await render(await planOf({ ...model, count: 2, timed: false } as Interpolation));
    expect(frames(timed)).not.toEqual(frames(middle));
  });

  it('works in tiles if the memory is small, and says so', async () => {
    const plan = await planOf(await filmModel());
    const large = { ...plan, width: 320, height: 64 };
    const whole = await render(large);
    expect(whole.log).toContainEqual(expect.stringMatching(/^Interpolation: about 0\.2 GB of \d+ GB$/));
    const between = vi.spyOn(Film.prototype, 'between');
    vi.spyOn(Film.prototype, 'filters', 'get').mockReturnValue(2000);
    const tiled = await render(large, { memory: 3e9 });
    expect(tiled.log).toContainEqual(expect.stringMatching(/^Interpolation: .* of 3\.0 GB, in tiles of 256×256$/));
    expect(between.mock.calls.map(([, , , size]) => size)).toContainEqual({ height: 64, width: 256 });
    expect(tiled.clip.count).toBe(9);
  });

  it('goes on in smaller tiles if the device runs out of memory', async () => {
    const plan = await planOf(await filmModel());
    vi.spyOn(Film.prototype, 'between').mockRejectedValueOnce(new Error('bad_alloc'));
    const { log, clip } = await render({ ...plan, width: 320, height: 64 });
    expect(log).toContainEqual('The device ran out of memory. The interpolation goes on, in tiles of 256×256.');
    expect(clip.count).toBe(9);
  });

  it('continues after a cancel where it was, and forgets its progress at the end', async () => {
    const plan = await planOf(await filmModel());
    const cacheFolder = join(folder, 'cache');
    const undisturbed = await render({ ...plan, output: { ...plan.output, base: join(folder, 'undisturbed') } });
    const cancel = new AbortController();
    const cancelled = render(plan, {
      cacheFolder,
      signal: cancel.signal,
      onProgress: ({ stage, done }) => {
        if (stage === 'interpolate' && done === 4) cancel.abort();
      },
    });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    const spies = [vi.spyOn(Film.prototype, 'between'), vi.spyOn(UNet.prototype, 'predict')];
    const resumed = await render(plan, { cacheFolder, resume: true });
    // The first gap was saved.
    expect(spies.map(({ mock }) => mock.calls.length)).toEqual([3, 0]);
    expect(frames(resumed)).toEqual(frames(undisturbed));
    expect(readdirSync(join(cacheFolder, 'checkpoints'))).toEqual([]);
  });

  it('fails with the name of a damaged model, and refuses one that changed', async () => {
    const nan = withTensors(FILM, { 'fuse.output_conv.bias': filled('F32', [3], 0xff) });
    await expect(render(await planOf(await filmModel(fileBytes(nan))))).rejects.toThrow(/film_net_fp16.* is damaged/);
    const plan = await planOf(await filmModel());
    writeFileSync(join(folder, 'film_net_fp16.safetensors'), 'other');
    await expect(render(plan)).rejects.toMatchObject({ kind: 'file-changed' });
  });
});
