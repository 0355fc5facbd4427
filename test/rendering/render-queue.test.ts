import { describe, expect, it, vi } from 'vitest';
import type { TravelPlan } from '../../plan/plan.ts';
import { clipWork, plansOf, type Work } from '../../plan/work.ts';
import type { RenderResult } from '../../protocol/engine.ts';
import { type JobEvent, RenderQueue } from '../../rendering/render-queue.ts';
import { CANCELLED, type RenderEvent, type Renderer, type RenderOptions } from '../../rendering/renderer.ts';
import { planOf } from './plans.ts';

const timings = { total: 1, load: 0, encode: 0, sample: 0, decode: 0, write: 0, runtime: 0 };
const DONE: RenderResult = { ok: true, files: [], timings, device: 'cpu' };
const FAILED: RenderResult = { ok: false, kind: 'internal', message: 'It broke.' };

/** A renderer whose renders end when the test says so. */
class TestRenderer implements Renderer {
  readonly device: string;
  /** Told to end after their step. */
  readonly stopped: string[] = [];
  readonly submitted: {
    plan: TravelPlan;
    options: RenderOptions;
    end: (result: RenderResult) => void;
    emit: (event: RenderEvent) => void;
  }[] = [];

  constructor(device = 'gpu') {
    this.device = device;
  }

  submit(work: Work, emit: (event: RenderEvent) => void, options: RenderOptions = {}) {
    let end: (result: RenderResult) => void = () => undefined;
    const result = new Promise<RenderResult>((resolve) => {
      end = resolve;
    });
    const [plan] = plansOf(work) as [TravelPlan];
    this.submitted.push({ plan, options, end, emit });
    return { result, cancel: () => end(CANCELLED), stopHere: () => this.stopped.push(plan.name) };
  }

  watch(): void {
    // These renders have no pictures.
  }

  get names(): string[] {
    return this.submitted.map(({ plan }) => plan.name);
  }
}

const named = (name: string): Work => clipWork({ ...planOf(), name });

describe('RenderQueue', () => {
  it('renders one plan after another, in order', async () => {
    const queue = new RenderQueue();
    const gpu = new TestRenderer();
    const [a, b] = [queue.submit(named('a'), gpu), queue.submit(named('b'), gpu)];
    expect(gpu.names).toEqual(['a']);
    gpu.submitted[0]!.end(FAILED);
    expect(await a.result).toEqual(FAILED);
    expect(gpu.names).toEqual(['a', 'b']);
    gpu.submitted[1]!.end(DONE);
    expect(await b.result).toEqual(DONE);
  });

  it('lets renderers of different devices work side by side, and those of the same one take turns', () => {
    const queue = new RenderQueue();
    const [gpu, sameGpu, server] = [new TestRenderer(), new TestRenderer(), new TestRenderer('server')];
    queue.submit(named('a'), gpu);
    queue.submit(named('b'), sameGpu);
    queue.submit(named('c'), server);
    expect([gpu.names, sameGpu.names, server.names]).toEqual([['a'], [], ['c']]);
  });

  it('reports progress, and the place in the queue when it changes', async () => {
    const queue = new RenderQueue();
    const gpu = new TestRenderer();
    const events: JobEvent[] = [];
    const first = queue.submit(named('a'), gpu);
    const second = queue.submit(named('b'), gpu);
    queue.submit(named('c'), gpu, (event) => events.push(event));
    gpu.submitted[0]!.end(DONE);
    await first.result;
    gpu.submitted[1]!.end(DONE);
    await second.result;
    const progress = { stage: 'sample', done: 1, total: 2, step: 1, window: 1 } as const;
    gpu.submitted[2]!.emit({ kind: 'progress', progress });
    expect(events).toEqual([
      { kind: 'waiting', jobsBefore: 2 },
      { kind: 'waiting', jobsBefore: 1 },
      { kind: 'progress', progress },
    ]);
  });

  it('cancels a job that waits without starting it, and one that runs at its renderer', async () => {
    const queue = new RenderQueue();
    const gpu = new TestRenderer();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => queue.submit(named(name), gpu));
    b!.cancel();
    expect(await b!.result).toEqual(CANCELLED);
    a!.cancel();
    a!.cancel();
    expect(await a!.result).toEqual(CANCELLED);
    expect(gpu.names).toEqual(['a', 'c']);
    gpu.submitted[1]!.end(DONE);
    expect(await c!.result).toEqual(DONE);
    c!.cancel();
  });

  it('cancels everything and starts nothing more', async () => {
    const queue = new RenderQueue();
    const gpu = new TestRenderer();
    const jobs = ['a', 'b', 'c'].map((name) => queue.submit(named(name), gpu));
    queue.cancelAll();
    expect(await Promise.all(jobs.map(({ result }) => result))).toEqual([CANCELLED, CANCELLED, CANCELLED]);
    expect(gpu.names).toEqual(['a']);
  });

  it('pauses a job that runs and starts the next one, then continues the paused one from its progress', async () => {
    const queue = new RenderQueue();
    const gpu = new TestRenderer();
    const [a, b] = [queue.submit(named('a'), gpu), queue.submit(named('b'), gpu)];
    let ended = false;
    void a.result.then(() => {
      ended = true;
    });
    queue.pause(a.id);
    await vi.waitUntil(() => gpu.names.length === 2);
    expect([queue.jobs[0]!.state.kind, ended]).toEqual(['paused', false]);
    queue.requeue(a.id);
    gpu.submitted[1]!.end(DONE);
    await b.result;
    expect(gpu.submitted.map(({ plan, options }) => [plan.name, options.resume])).toEqual([
      ['a', false],
      ['b', false],
      ['a', true],
    ]);
    gpu.submitted[2]!.end(DONE);
    expect(await a.result).toEqual(DONE);
  });

  it('tells a job that samples, once, to end after its step', async () => {
    const queue = new RenderQueue();
    const gpu = new TestRenderer();
    const [a, b] = [queue.submit(named('a'), gpu), queue.submit(named('b'), gpu)];
    b.stopHere();
    a.stopHere();
    a.stopHere();
    expect(gpu.stopped).toEqual(['a']);
    expect(queue.jobs[0]!.state).toMatchObject({ kind: 'loading', stopping: 'done' });
    gpu.submitted[0]!.end({ ...DONE, stoppedAfter: 3 });
    expect(await a.result).toMatchObject({ ok: true, stoppedAfter: 3 });
  });

  it('pauses a job whose disk is full, says so, and continues it from its progress', async () => {
    const queue = new RenderQueue();
    const gpu = new TestRenderer();
    const full: RenderResult = { ok: false, kind: 'disk-full', message: 'The disk is full.' };
    const { id, result } = queue.submit(named('a'), gpu);
    gpu.submitted[0]!.end(full);
    expect(await result).toEqual(full);
    expect(queue.jobs[0]!.state).toEqual({ kind: 'paused', progress: null, failure: full });
    queue.requeue(id);
    expect(gpu.submitted[1]!.options).toEqual({ resume: true });
  });

  it('tries a failed job again, and reports every change', async () => {
    const changes: string[][] = [];
    const queue = new RenderQueue((jobs) => changes.push(jobs.map(({ state }) => state.kind)));
    const gpu = new TestRenderer();
    const { id, result } = queue.submit(named('a'), gpu);
    gpu.submitted[0]!.end(FAILED);
    expect(await result).toEqual(FAILED);
    await vi.waitUntil(() => changes.at(-1)?.[0] === 'failed');
    queue.requeue(id);
    await vi.waitUntil(() => changes.length === 3);
    gpu.submitted[1]!.end(DONE);
    await vi.waitUntil(() => changes.at(-1)?.[0] === 'done');
    queue.remove(id);
    await vi.waitUntil(() => changes.at(-1)?.length === 0);
    expect(changes).toEqual([['loading'], ['failed'], ['loading'], ['done'], []]);
  });
});
