import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TravelPlan } from '../../plan/plan.ts';
import { clipWork } from '../../plan/work.ts';
import { CACHE_PARTS, type CachePart } from '../../protocol/cache-layout.ts';
import { bytesText, cacheContents, clear, clearedText } from '../../rendering/cache-contents.ts';
import { JobStore } from '../../rendering/service/job-store.ts';
import { planOf } from './plans.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'travel-cache-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const HASH = 'a'.repeat(64);

function put(path: string, content: string | number): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), typeof content === 'number' ? Buffer.alloc(content) : content);
}

const withSeed = (seed: number): TravelPlan => {
  const plan = planOf();
  return { ...plan, sampling: { ...plan.sampling, seed } };
};

function putCheckpoint(name: string, plan: TravelPlan, bytes: number): void {
  put(`checkpoints/${name}/plan.json`, JSON.stringify(plan));
  put(`checkpoints/${name}/sampling`, bytes);
}

/** Of jobs that run or wait. */
async function putJobs(...plans: TravelPlan[]): Promise<void> {
  const store = new JobStore(join(folder, 'jobs'), () => undefined);
  const submitted = { document: 'file:///fox.travel', note: '', open: 'preview' } as const;
  const keys = await Promise.all(plans.map((plan) => store.add({ ...submitted, work: clipWork(plan) }, false)));
  store.save(keys.map((key) => ({ key, resume: false, paused: false, running: false, crashes: 0 })));
  await store.flush();
}

const sizes = async () => (await cacheContents(folder)).map(({ part, bytes, needed }) => [part, bytes, needed]);

describe('the contents of the cache', () => {
  it('are nothing if there is no folder', async () => {
    folder = join(folder, 'none');
    expect(await cacheContents(folder)).toEqual([]);
    folder = dirname(folder);
  });

  it('are listed by part with their sizes, temporary files included', async () => {
    put(`${HASH}.f32`, 100);
    put(`${HASH}.f32.123`, 10);
    put(`${HASH}.hint`, 40);
    put(`${HASH}.hint.123`, 2);
    put(`${HASH}.sha256`, 64);
    put('model-headers.json', 1000);
    put('model-headers.json.9.tmp', 1);
    put('of-an-older-version/a/b', 7);
    put('renders.log', 5);
    put('jobs/queue.json', '[]');
    put('checkpoints/x/sampling', 2000);
    put('checkpoints/x/frame-00000', 500);
    put('previews/fox.webp', 30);
    expect(await sizes()).toEqual([
      ['progress', 2500, 0],
      ['previews', 30, 0],
      ['prompts', 110, 0],
      ['hints', 42, 0],
      ['models', 1065, 0],
      ['others', 7, 0],
    ]);
  });

  it('are freed by part', async () => {
    put(`${HASH}.f32`, 100);
    put(`${HASH}.sha256`, 64);
    put('old/a', 7);
    put('renders.log', 5);
    put('checkpoints/x/sampling', 2000);
    const free = async (...parts: CachePart[]) =>
      clear((await cacheContents(folder)).filter(({ part }) => parts.includes(part)));
    expect(await free('prompts', 'others')).toEqual({ freed: 107, failures: [] });
    expect(readdirSync(folder).toSorted()).toEqual([`${HASH}.sha256`, 'checkpoints', 'renders.log']);
    expect(await free(...CACHE_PARTS)).toEqual({ freed: 2064, failures: [] });
    expect(readdirSync(join(folder, 'checkpoints'))).toEqual([]);
    expect(await sizes()).toEqual([]);
  });

  it('keep what a job that has not ended needs, whatever it is called and writes', async () => {
    const [first, second, third] = [withSeed(1), withSeed(2), withSeed(3)];
    putCheckpoint('first', { ...first, name: 'renamed', output: { ...first.output, formats: ['gif'] } }, 1000);
    putCheckpoint('second', second, 200);
    putCheckpoint('third', third, 30);
    put('checkpoints/just-begun/sampling', 4);
    await putJobs(first, third);
    const shares = await cacheContents(folder);
    expect(shares).toMatchObject([{ part: 'progress', paths: [join(folder, 'checkpoints', 'second')], needed: 3 }]);
    await clear(shares);
    expect(readdirSync(join(folder, 'checkpoints')).toSorted()).toEqual(['first', 'just-begun', 'third']);
    // Nothing is changed for the jobs themselves.
    expect(readdirSync(join(folder, 'jobs'))).toHaveLength(3);
    rmSync(join(folder, 'jobs'), { recursive: true });
    expect(await sizes()).toMatchObject([['progress', expect.any(Number), 0]]);
  });

  it('are told about in one message', () => {
    const share = { part: 'progress', bytes: 0, paths: [], needed: 0 } as const;
    expect(clearedText({ freed: 1.23e9, failures: [] }, [share])).toBe('1.2 GB freed.');
    expect(clearedText({ freed: 0, failures: ['x could not be removed: busy.'] }, [{ ...share, needed: 2 }])).toBe(
      '0 kB freed. The progress of 2 renders that have not ended is kept. x could not be removed: busy.',
    );
  });

  it.each([
    [0, '0 kB'],
    [4200, '4 kB'],
    [999_400, '999 kB'],
    [999_600, '1 MB'],
    [35e6, '35 MB'],
    [999.6e6, '1.0 GB'],
    [1.234e9, '1.2 GB'],
    [12.34e9, '12 GB'],
  ])('of %d bytes are %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));
});
