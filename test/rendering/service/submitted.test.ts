import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import type { TravelPlan } from '../../../plan/plan.ts';
import { clipWork } from '../../../plan/work.ts';
import { JOB_QUEUE } from '../../../protocol/cache-layout.ts';
import type { RenderProgress, RenderSuccess } from '../../../protocol/engine.ts';
import { Hello, RENDERS, type Submit } from '../../../protocol/renders.ts';
import type { RenderEvent } from '../../../rendering/renderer.ts';
import { JobStore } from '../../../rendering/service/job-store.ts';
import { RenderService } from '../../../rendering/service/service.ts';
import { planOf } from '../plans.ts';

const timings = { total: 31, load: 1, encode: 2, sample: 20, decode: 5, write: 3, runtime: 0 };
const DONE: RenderSuccess = { ok: true, files: [], timings, device: 'CPU' };
const KEY = '6f9a6ae1-3a36-4b5a-8b64-3d0a8d4dbb31';

const nothing = () => undefined;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'travel-submitted-'));
});

/** A service with a window. Renders report `progress` and end at once if `ends`. */
async function started({ progress = [] as RenderProgress[], ends = false } = {}) {
  const store = new JobStore(folder, () => undefined);
  onTestFinished(async () => {
    await store.flush();
    await rm(folder, { recursive: true, force: true });
  });
  const recorded: TravelPlan[] = [];
  const service = await RenderService.start({
    renderer: {
      device: 'cpu',
      submit(_work, onEvent: (event: RenderEvent) => void) {
        const run = async (): Promise<RenderSuccess> => {
          for (const each of progress) onEvent({ kind: 'progress', progress: each });
          return ends ? DONE : new Promise<never>(() => undefined);
        };
        return { result: Promise.resolve().then(run), cancel: nothing, stopHere: nothing };
      },
      watch: nothing,
    },
    store,
    times: {
      add(plan) {
        recorded.push(plan);
      },
      flush: async () => undefined,
    },
    version: '1',
    onActivity: nothing,
  });
  const [toService, toWindow] = [new PassThrough(), new PassThrough()];
  const over = (input: PassThrough, output: PassThrough) =>
    createMessageConnection(new StreamMessageReader(input), new StreamMessageWriter(output));
  service.connect(over(toService, toWindow), () => undefined);
  const window = over(toWindow, toService);
  /** Resolves when all jobs have ended. */
  const ended = new Promise<void>((resolve) =>
    window.onNotification(RENDERS.jobs, (jobs: Hello['jobs']) => {
      if (jobs.every(({ state }) => state.kind === 'done')) resolve();
    }),
  );
  window.listen();
  const jobs = async () => Hello.parse(await window.sendRequest(RENDERS.hello)).jobs;
  return { store, window, jobs, ended, recorded };
}

const SUBMIT: Submit = { document: 'file:///fox.travel', work: clipWork(planOf()), resume: true };

it('keeps what to tell and to do at the end, also over a restart', async () => {
  const { window, jobs, store } = await started();
  await window.sendRequest(RENDERS.submit, { ...SUBMIT, note: 'The full render may differ.', open: 'beside' });
  await window.sendRequest(RENDERS.submit, SUBMIT);
  const expected = [
    { note: 'The full render may differ.', open: 'beside' },
    { note: '', open: 'preview' },
  ];
  expect(await jobs()).toMatchObject(expected);
  await store.flush();
  expect(await (await started()).jobs()).toMatchObject(expected);
});

it('reads jobs that an earlier version stored', async () => {
  await writeFile(join(folder, `${KEY}.json`), JSON.stringify({ document: SUBMIT.document, work: SUBMIT.work }));
  const entry = { key: KEY, resume: false, paused: true, running: false, crashes: 0 };
  await writeFile(join(folder, JOB_QUEUE), JSON.stringify([entry]));
  const { jobs, store } = await started();
  expect(await jobs()).toMatchObject([
    { document: SUBMIT.document, note: '', open: 'preview', state: { kind: 'paused' } },
  ]);
  await store.flush();
  expect(JSON.parse(await readFile(join(folder, JOB_QUEUE), 'utf8'))).toMatchObject([{ key: KEY }]);
});

it('answers when a job is on the disk', async () => {
  const { window } = await started();
  await window.sendRequest(RENDERS.submit, SUBMIT);
  const names = await readdir(folder);
  expect(names).toContain(JOB_QUEUE);
  expect(names.filter((name) => name.endsWith('.json'))).toHaveLength(2);
});

it.each([
  ['ENOSPC', /^The render cannot be queued: the disk is full\. Free some space and try again\.$/],
  ['EROFS', /^The render cannot be queued, because it cannot be saved in the cache folder: EROFS/],
])('refuses a job that cannot be saved: %s', async (code, message) => {
  const { window, jobs, store } = await started();
  store.add = () => Promise.reject(Object.assign(new Error(code), { code }));
  await expect(window.sendRequest(RENDERS.submit, SUBMIT)).rejects.toThrow(message);
  expect(await jobs()).toEqual([]);
});

it('keeps a render that is set aside over restarts, and lets one window announce it, until someone removes it', async () => {
  await writeFile(join(folder, `${KEY}.json`), JSON.stringify({ document: SUBMIT.document, work: SUBMIT.work }));
  const entry = { key: KEY, resume: true, paused: false, running: true, crashes: 1 };
  await writeFile(join(folder, JOB_QUEUE), JSON.stringify([entry]));
  for (const isNews of [true, false, false]) {
    const { window, jobs, store } = await started({ ends: true });
    await window.sendRequest(RENDERS.configure, { keepAwake: false, whenClosed: 'stop', threads: null });
    expect(await jobs()).toMatchObject([{ id: 1, crashes: 2, state: { kind: 'failed' } }]);
    expect(await window.sendRequest(RENDERS.announce, 1)).toBe(isNews);
    // Whatever else changes.
    await window.sendRequest(RENDERS.submit, SUBMIT);
    await vi.waitUntil(async () => (await jobs()).at(-1)?.state.kind === 'done');
    await store.flush();
  }
  const { window, store } = await started();
  await window.sendRequest(RENDERS.change, { id: 1, change: 'remove' });
  await store.flush();
  expect(await (await started()).jobs()).toEqual([]);
});

const LOAD: RenderProgress = { stage: 'load', done: 0, total: 1 };

it.each<[string, RenderProgress[], number]>([
  [
    'is recorded',
    [LOAD, { stage: 'sample', done: 0, total: 3 }, { stage: 'sample', done: 1, total: 3, secondsLeft: 1 }],
    1,
  ],
  ['is not recorded if it was resumed', [LOAD, { stage: 'sample', done: 2, total: 3 }], 0],
  ['is not recorded if only frames were left', [LOAD, { stage: 'decode', done: 1, total: 2 }], 0],
])('the time of a render %s', async (_, progress, count) => {
  const { window, ended, recorded } = await started({ progress, ends: true });
  await window.sendRequest(RENDERS.submit, SUBMIT);
  await ended;
  expect(recorded).toHaveLength(count);
});
