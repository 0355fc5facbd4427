import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { clipWork } from '../../../plan/work.ts';
import type { RenderResult, Watching } from '../../../protocol/engine.ts';
import { type JobInfo, RENDERS } from '../../../protocol/renders.ts';
import type { RenderEvent, Renderer } from '../../../rendering/renderer.ts';
import { JobStore } from '../../../rendering/service/job-store.ts';
import { RenderService } from '../../../rendering/service/service.ts';
import { planOf } from '../plans.ts';

const over = (input: PassThrough, output: Writable) =>
  createMessageConnection(new StreamMessageReader(input), new StreamMessageWriter(output));

const nothing = () => undefined;

it('goes on for the other windows when one is killed while it is told', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'travel-service-'));
  const store = new JobStore(folder, () => undefined);
  onTestFinished(async () => {
    await store.flush();
    await rm(folder, { recursive: true });
  });
  const service = await RenderService.start({
    renderer: {
      device: 'cpu',
      submit: () => ({ result: new Promise<never>(() => undefined), cancel: nothing, stopHere: nothing }),
      watch: nothing,
    },
    store,
    version: '1',
    onActivity: () => undefined,
  });
  let onTold: () => void = () => undefined;
  const told = new Promise<void>((resolve) => {
    onTold = resolve;
  });
  const killed = new Writable({
    write(_chunk, _encoding, done) {
      done(new Error('write EPIPE'));
      onTold();
    },
  });
  killed.on('error', () => undefined);
  service.connect(over(new PassThrough(), killed), () => undefined);
  const [toService, toWindow] = [new PassThrough(), new PassThrough()];
  service.connect(over(toService, toWindow), () => undefined);
  const window = over(toWindow, toService);
  const jobs = new Promise((resolve) => window.onNotification(RENDERS.jobs, resolve));
  window.listen();

  await window.sendRequest(RENDERS.submit, { document: 'file:///fox.travel', work: clipWork(planOf()), resume: false });

  await told;
  expect(await jobs).toMatchObject([{ id: 1, name: 'fox' }]);
  expect(service.connections).toBe(1);
});

it('lets the first window that asks announce the end of a job, once for each end', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'travel-service-'));
  const store = new JobStore(folder, () => undefined);
  onTestFinished(async () => {
    await store.flush();
    await rm(folder, { recursive: true });
  });
  const failure: RenderResult = { ok: false, kind: 'internal', message: 'It failed.' };
  let fail: () => void = () => undefined;
  const service = await RenderService.start({
    renderer: {
      device: 'cpu',
      submit: () => ({
        result: new Promise((resolve) => {
          fail = () => resolve(failure);
        }),
        cancel: nothing,
        stopHere: nothing,
      }),
      watch: nothing,
    },
    store,
    version: '1',
    onActivity: nothing,
  });
  const open = () => {
    const [toService, toWindow] = [new PassThrough(), new PassThrough()];
    service.connect(over(toService, toWindow), () => undefined);
    const window = over(toWindow, toService);
    let isOver: () => void = () => undefined;
    window.onNotification(RENDERS.jobs, ([job]: JobInfo[]) => {
      if (job?.state.kind === 'failed') isOver();
    });
    window.listen();
    return {
      request: (method: string, params: unknown) => window.sendRequest(method, params),
      failed: () =>
        new Promise<void>((resolve) => {
          isOver = resolve;
          fail();
        }),
    };
  };
  const [first, second] = [open(), open()];
  const id = await first.request(RENDERS.submit, {
    document: 'file:///fox.travel',
    work: clipWork(planOf()),
    resume: false,
  });
  // It runs.
  expect(await first.request(RENDERS.announce, id)).toBe(false);
  for (const [one, other] of [
    [first, second],
    [second, first],
  ] as const) {
    await one.failed();
    expect(await one.request(RENDERS.announce, id)).toBe(true);
    expect(await other.request(RENDERS.announce, id)).toBe(false);
    await one.request(RENDERS.change, { id, change: 'requeue' });
  }
  expect(await second.request(RENDERS.announce, 99)).toBe(true);
});

it('continues on the CPU what failed on a GPU, if the user says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'travel-service-'));
  const store = new JobStore(folder, () => undefined);
  onTestFinished(async () => {
    await store.flush();
    await rm(folder, { recursive: true });
  });
  const lost: RenderResult = { ok: false, kind: 'device-lost', message: 'The GPU stopped.' };
  const rendered: unknown[] = [];
  const service = await RenderService.start({
    renderer: {
      device: 'this computer',
      submit(work, _onEvent, options) {
        rendered.push(work.kind === 'clip' && [work.plan.device, options?.resume]);
        const result = rendered.length === 1 ? Promise.resolve(lost) : new Promise<never>(() => undefined);
        return { result, cancel: nothing, stopHere: nothing };
      },
      watch: nothing,
    },
    store,
    version: '1',
    onActivity: nothing,
  });
  const [toService, toWindow] = [new PassThrough(), new PassThrough()];
  service.connect(over(toService, toWindow), nothing);
  const window = over(toWindow, toService);
  let onJobs: (jobs: JobInfo[]) => void = nothing;
  window.onNotification(RENDERS.jobs, (jobs: JobInfo[]) => onJobs(jobs));
  window.listen();
  const until = (isSo: (jobs: JobInfo[]) => boolean) =>
    new Promise<void>((resolve) => {
      onJobs = (jobs) => isSo(jobs) && resolve();
    });
  const failed = until(([job]) => job?.state.kind === 'failed');
  const work = clipWork({ ...planOf(), device: 'auto' });
  const id = await window.sendRequest(RENDERS.submit, { document: 'file:///fox.travel', work, resume: false });
  await failed;
  const replaced = until((jobs) => jobs.length === 1 && jobs[0]!.id !== id);
  await window.sendRequest(RENDERS.change, { id, change: 'continueOnCpu' });
  await replaced;
  expect(rendered).toEqual([
    ['auto', false],
    ['cpu', true],
  ]);
});

it('sends pictures to the windows that watch, and lets the renderer know whether anyone does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'travel-service-'));
  const store = new JobStore(folder, () => undefined);
  onTestFinished(async () => {
    await store.flush();
    await rm(folder, { recursive: true });
  });
  const watched: Watching[] = [];
  let report: (event: RenderEvent) => void = nothing;
  const renderer: Renderer = {
    device: 'cpu',
    submit: (_plan, onEvent) => {
      report = onEvent;
      return { result: new Promise<never>(nothing), cancel: nothing, stopHere: nothing };
    },
    watch: (value) => watched.push(value),
  };
  const service = await RenderService.start({ renderer, store, version: '1', onActivity: nothing });
  const open = () => {
    const [toService, toWindow] = [new PassThrough(), new PassThrough()];
    service.connect(over(toService, toWindow), nothing);
    const window = over(toWindow, toService);
    const events: unknown[] = [];
    window.onNotification(RENDERS.event, (event) => void events.push(event));
    window.listen();
    return { window, events };
  };
  const [watching, other] = [open(), open()];
  await other.window.sendRequest(RENDERS.submit, {
    document: 'file:///fox.travel',
    work: clipWork(planOf()),
    resume: false,
  });
  await watching.window.sendRequest(RENDERS.watch, { longestSide: 256 });
  report({ kind: 'latents', step: 1, frames: 1, width: 1, height: 1, rgb: Uint8Array.of(1, 2, 255) });
  report({ kind: 'preview', frame: 0, webp: Uint8Array.of(8) });
  report({ kind: 'frame', frame: 0, webp: Uint8Array.of(7) });
  report({ kind: 'progress', progress: { stage: 'sample', done: 1, total: 2 } });
  // Answers come after the notifications before them.
  for (const { window } of [watching, other]) await window.sendRequest(RENDERS.plan, 1);
  const progress = { kind: 'progress', id: 1, progress: { stage: 'sample', done: 1, total: 2 } };
  expect(watching.events).toEqual([
    { kind: 'latents', id: 1, step: 1, frames: 1, width: 1, height: 1, rgb: 'AQL/' },
    { kind: 'preview', id: 1, frame: 0, webp: 'CA==' },
    { kind: 'frame', id: 1, frame: 0, webp: 'Bw==' },
    progress,
  ]);
  expect(other.events).toEqual([progress]);
  // One size for all windows: that of the one which shows them largest.
  await other.window.sendRequest(RENDERS.watch, { longestSide: 640 });
  await other.window.sendRequest(RENDERS.watch, { longestSide: null });
  await other.window.sendRequest(RENDERS.watch, null);
  await watching.window.sendRequest(RENDERS.watch, null);
  expect(watched).toEqual([
    { longestSide: 256 },
    { longestSide: 640 },
    { longestSide: null },
    { longestSide: 256 },
    null,
  ]);
});
