import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { MOST_TIMES, readRenderTimes } from '../../../plan/render-cost.ts';
import { RENDER_TIMES } from '../../../protocol/cache-layout.ts';
import { RenderTimes, showsResumed } from '../../../rendering/service/render-times.ts';
import { planOf } from '../plans.ts';

const timings = { total: 31, load: 1, encode: 2, sample: 20, decode: 5, write: 3, runtime: 0 };
const RESULT = { timings, device: 'CPU' };

let folder: string;
const lines: string[] = [];

beforeEach(async () => {
  lines.length = 0;
  folder = await mkdtemp(join(tmpdir(), 'travel-times-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

const log = (line: string) => lines.push(line);
const saved = async () => readRenderTimes(await readFile(join(folder, RENDER_TIMES), 'utf8'));

it('saves what a render took by stage, with what decides it', async () => {
  const times = new RenderTimes(folder, log);
  times.add(planOf({ steps: 5 }), RESULT);
  await times.flush();
  expect(await saved()).toEqual([
    {
      cost: { device: 'auto', checkpoint: 1, sampling: 5 * 2 * 64, decoding: 64 * 64 },
      start: 3,
      sample: 20,
      decode: 8,
      ranOn: 'CPU',
    },
  ]);
  expect(await readdir(folder)).toEqual([RENDER_TIMES]);
});

it('adds to those of an earlier service, and forgets the oldest', async () => {
  const before = new RenderTimes(folder, log);
  for (let i = 0; i < MOST_TIMES; i++) before.add(planOf({ steps: i + 1 }), RESULT);
  await before.flush();
  const times = new RenderTimes(folder, log);
  times.add(planOf({ steps: 500 }), RESULT);
  await times.flush();
  const all = await saved();
  expect(all).toHaveLength(MOST_TIMES);
  expect([all[0]!.cost.sampling, all.at(-1)!.cost.sampling]).toEqual([2 * 128, 500 * 128]);
});

it.each(['', '{"cost":', '[1, 2]'])('replaces a damaged file: %s', async (text) => {
  await writeFile(join(folder, RENDER_TIMES), text);
  const times = new RenderTimes(folder, log);
  times.add(planOf(), RESULT);
  await times.flush();
  expect(await saved()).toHaveLength(1);
});

it('reports if they cannot be saved', async () => {
  await writeFile(join(folder, 'file'), '');
  const times = new RenderTimes(join(folder, 'file', 'cache'), log);
  times.add(planOf(), RESULT);
  await times.flush();
  expect(lines).toEqual([expect.stringMatching(/^The time of a render cannot be saved: /)]);
});

it.each([
  [{ stage: 'sample', done: 0, total: 20 }, false],
  [{ stage: 'sample', done: 1, total: 20, secondsLeft: 9 }, false],
  [{ stage: 'sample', done: 5, total: 20 }, true],
  [{ stage: 'decode', done: 1, total: 16 }, true],
  [{ stage: 'load', done: 1, total: 1 }, false],
] as const)('sees in the progress whether a render was resumed: %j', (progress, resumed) => {
  expect(showsResumed(progress)).toBe(resumed);
});
