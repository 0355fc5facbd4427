import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TravelPlan } from '../../plan/plan.ts';
import { CHECKPOINT_PLAN, CHECKPOINTS } from '../../protocol/cache-layout.ts';
import type { RenderProgress } from '../../protocol/engine.ts';
import { CANCELLED } from '../../rendering/renderer.ts';
import { canResume, hasProgress, unfinishedPlan } from '../../rendering/unfinished.ts';
import { smallPlan } from '../engine/pipelines/plans.ts';

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'travel-unfinished-'));
});
afterEach(() => rmSync(cache, { recursive: true }));

function save(name: string, content: string, seconds: number): void {
  const folder = join(cache, CHECKPOINTS, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, CHECKPOINT_PLAN), content);
  utimesSync(join(folder, CHECKPOINT_PLAN), seconds, seconds);
}

const seeded = (plan: TravelPlan, seed: number) => ({ ...plan, sampling: { ...plan.sampling, seed } });

describe('unfinishedPlan', () => {
  it('is the latest one of the same text; what cannot be read counts as missing', async () => {
    const plan = await smallPlan();
    save('a', JSON.stringify(seeded(plan, 1)), 100);
    save('b', JSON.stringify(seeded(plan, 2)), 200);
    save('c', JSON.stringify({ ...seeded(plan, 3), source: 'a dog\n' }), 300);
    save('d', JSON.stringify(seeded(plan, 4)).slice(0, -9), 400);
    save('e', JSON.stringify({ ...plan, version: 1 }), 500);
    mkdirSync(join(cache, CHECKPOINTS, 'f'));
    writeFileSync(join(cache, CHECKPOINTS, 'g'), '');
    expect(await unfinishedPlan(cache, plan.source)).toEqual(seeded(plan, 2));
    expect(await unfinishedPlan(cache, 'a bird\n')).toBeNull();
  });

  it.each([
    ['\uFEFF', ''],
    ['', '\uFEFF'],
  ])('is that of a text whose byte order mark was %j and is %j', async (before, now) => {
    const plan = await smallPlan();
    save('a', JSON.stringify({ ...plan, source: before + plan.source }), 100);
    expect(await unfinishedPlan(cache, now + plan.source)).toMatchObject({ sampling: plan.sampling });
  });

  it('is null without a cache', async () => {
    expect(await unfinishedPlan(join(cache, 'none'), 'a cat\n')).toBeNull();
  });
});

describe('hasProgress', () => {
  it('is true for a plan of the same pixels only', async () => {
    const plan = await smallPlan();
    expect(await hasProgress(cache, plan)).toBe(false);
    save('a', JSON.stringify(seeded(plan, plan.sampling.seed + 1)), 100);
    save('b', '{', 100);
    expect(await hasProgress(cache, plan)).toBe(false);
    expect(await hasProgress(cache, { ...seeded(plan, plan.sampling.seed + 1), name: 'other', source: 'other' })).toBe(
      true,
    );
  });
});

describe('canResume', () => {
  it.each<[boolean, RenderProgress | null]>([
    [false, null],
    [false, { stage: 'encode', done: 2, total: 2 }],
    [false, { stage: 'sample', done: 0, total: 4, step: 1, window: 1 }],
    [false, { stage: 'sample', done: 1, total: 4 }],
    [true, { stage: 'sample', done: 2, total: 4 }],
    [true, { stage: 'sample', done: 2, total: 4, step: 2, window: 1 }],
    [true, { stage: 'decode', done: 0, total: 1 }],
    [true, { stage: 'write', done: 0, total: 1 }],
  ])('is %s after %j, with two windows a step', async (expected, progress) => {
    const plan = await smallPlan();
    const row = [plan.context.windows[0]![0]!, plan.context.windows[0]![0]!];
    const two = { ...plan, context: { ...plan.context, windows: [row, row] } };
    expect(canResume(two, CANCELLED as Extract<typeof CANCELLED, { ok: false }>, progress)).toBe(expected);
    expect(canResume(two, { ok: false, kind: 'file-changed', message: '' }, progress)).toBe(false);
  });

  it.each([
    [2, false],
    [3, true],
  ])('with DeepCache, is decided by the calls whose features need not be saved: %i', async (done, expected) => {
    const plan = await smallPlan();
    const sampling = { ...plan.sampling, steps: 4, deepCache: { interval: 3 } };
    const deep = { ...plan, sampling, context: { ...plan.context, windows: Array(4).fill(plan.context.windows[0]) } };
    const failure = CANCELLED as Extract<typeof CANCELLED, { ok: false }>;
    expect(canResume(deep, failure, { stage: 'sample', done, total: 4 })).toBe(expected);
  });
});
