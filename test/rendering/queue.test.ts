import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RenderProgress, type RenderResult, RenderStage } from '../../protocol/engine.ts';
import {
  advance,
  cancel,
  EMPTY_QUEUE,
  enqueue,
  failedWhileSaving,
  finish,
  hasEnded,
  isRunning,
  jobOf,
  jobsBefore,
  moveUp,
  pause,
  type Queue,
  remove,
  requeue,
  start,
  startable,
} from '../../rendering/queue.ts';
import { CANCELLED } from '../../rendering/renderer.ts';

const at = (stage: RenderStage): RenderProgress => ({ stage, done: 0, total: 1 });
const FAILED: RenderResult = { ok: false, kind: 'bad-model', message: 'It is not a model.' };
const timings = { total: 1, load: 0, encode: 0, sample: 0, decode: 0, write: 0, runtime: 0 };
const DONE: RenderResult = { ok: true, files: ['/a.webp'], timings, device: 'cpu' };

/** Jobs 1, 2, … on the devices. */
function queueOf(...devices: string[]): Queue {
  return devices.reduce((queue, device) => enqueue(queue, device).queue, EMPTY_QUEUE);
}

const stateOf = (queue: Queue, id: number) => jobOf(queue, id).state;

describe('the queue', () => {
  it('goes from queued through loading, sampling, decoding and writing to done', () => {
    let queue = queueOf('gpu');
    const kinds = [stateOf(queue, 1).kind];
    queue = start(queue, 1);
    kinds.push(stateOf(queue, 1).kind);
    for (const stage of ['load', 'encode', 'sample', 'decode', 'write'] as const) {
      queue = advance(queue, 1, at(stage));
      kinds.push(stateOf(queue, 1).kind);
    }
    queue = finish(queue, 1, DONE);
    expect(kinds).toEqual(['queued', 'loading', 'loading', 'loading', 'sampling', 'decoding', 'writing']);
    expect(stateOf(queue, 1)).toEqual({ kind: 'done', result: DONE });
  });

  it('keeps the progress as it was reported', () => {
    const progress = { stage: 'sample', done: 3, total: 9, step: 2, window: 1 } as const;
    expect(stateOf(advance(start(queueOf('gpu'), 1), 1, progress), 1)).toEqual({
      kind: 'sampling',
      progress,
      stopping: null,
    });
  });

  it('runs the jobs of one device in order, one at a time, and devices side by side', () => {
    let queue = queueOf('gpu', 'gpu', 'server', 'gpu');
    expect(startable(queue)).toEqual([1, 3]);
    queue = start(start(queue, 1), 3);
    expect(startable(queue)).toEqual([]);
    queue = finish(queue, 1, DONE);
    expect(startable(queue)).toEqual([2]);
    queue = finish(start(queue, 2), 2, FAILED);
    expect(startable(queue)).toEqual([4]);
  });

  it('counts the jobs before one: those of its device that run or wait', () => {
    const queue = start(queueOf('gpu', 'server', 'gpu', 'gpu'), 1);
    expect([1, 2, 3, 4].map((id) => jobsBefore(queue.jobs, id))).toEqual([0, 0, 1, 2]);
    expect(jobsBefore(finish(queue, 1, DONE).jobs, 3)).toBe(0);
    expect(jobsBefore(queue.jobs, 99)).toBe(0);
  });

  it('pauses a job whose disk is full, unless it was canceled', () => {
    const full: RenderResult = { ok: false, kind: 'disk-full', message: 'The disk is full.' };
    const running = start(queueOf('gpu'), 1);
    expect(stateOf(finish(running, 1, full), 1)).toEqual({ kind: 'paused', progress: null, failure: full });
    expect(stateOf(finish(cancel(running, 1), 1, full), 1)).toEqual({ kind: 'cancelled' });
  });

  it('cancels a job that waits; one that runs finishes as canceled', () => {
    let queue = start(queueOf('gpu', 'gpu'), 1);
    queue = cancel(cancel(queue, 1), 2);
    expect(stateOf(queue, 1).kind).toBe('loading');
    expect(stateOf(queue, 2)).toEqual({ kind: 'cancelled' });
    expect(stateOf(finish(queue, 1, CANCELLED), 1)).toEqual({ kind: 'cancelled' });
  });

  it('pauses a job that waits; one that runs finishes as paused, with its progress', () => {
    const progress = { stage: 'sample', done: 3, total: 9 } as const;
    let queue = advance(start(queueOf('gpu', 'gpu'), 1), 1, progress);
    queue = pause(pause(queue, 1), 2);
    expect(startable(queue)).toEqual([]);
    queue = finish(queue, 1, CANCELLED);
    expect([stateOf(queue, 1), stateOf(queue, 2)]).toEqual([
      { kind: 'paused', progress, failure: null },
      { kind: 'paused', progress: null, failure: null },
    ]);
    expect(startable(queue)).toEqual([]);
  });

  it('counts a job as done or failed if it ends so while it is being paused or canceled', () => {
    for (const stop of [pause, cancel]) {
      const running = stop(start(queueOf('gpu'), 1), 1);
      expect(stateOf(finish(running, 1, DONE), 1).kind).toBe('done');
      expect(stateOf(finish(running, 1, FAILED), 1).kind).toBe('failed');
    }
  });

  it('cancels a job that is being paused, and does not pause one that is being canceled', () => {
    const running = start(queueOf('gpu'), 1);
    for (const queue of [cancel(pause(running, 1), 1), pause(cancel(running, 1), 1)]) {
      expect(stateOf(finish(queue, 1, CANCELLED), 1).kind).toBe('cancelled');
    }
    expect(stateOf(cancel(pause(queueOf('gpu'), 1), 1), 1).kind).toBe('cancelled');
  });

  it('continues a paused job at its place, and a failed or canceled one at the end, from saved progress', () => {
    const order = (queue: Queue) => queue.jobs.map(({ id }) => id);
    const paused = requeue(pause(queueOf('gpu', 'gpu', 'gpu'), 2), 2);
    expect([order(paused), jobOf(paused, 2).resume]).toEqual([[1, 2, 3], true]);
    const cancelled = requeue(cancel(queueOf('gpu', 'gpu'), 1), 1);
    expect([order(cancelled), jobOf(cancelled, 1)]).toEqual([
      [2, 1],
      { id: 1, device: 'gpu', resume: true, state: { kind: 'queued' } },
    ]);
    const failed = requeue(finish(start(queueOf('gpu', 'gpu'), 1), 1, FAILED), 1);
    expect(order(failed)).toEqual([2, 1]);
    const running = start(queueOf('gpu'), 1);
    expect(requeue(running, 1)).toBe(running);
  });

  it('moves a job that waits before the previous one that waits for its device', () => {
    const order = (queue: Queue) => queue.jobs.map(({ id }) => id);
    const queue = start(queueOf('gpu', 'gpu', 'server', 'gpu'), 1);
    expect(order(moveUp(queue, 4))).toEqual([1, 4, 2, 3]);
    // Nothing waits before it.
    for (const id of [1, 2, 3]) expect(moveUp(queue, id)).toBe(queue);
  });

  it('keeps why a job failed, and where', () => {
    const started = start(queueOf('gpu'), 1);
    const failed = { kind: 'failed', failure: FAILED, progress: null };
    expect(stateOf(finish(started, 1, FAILED), 1)).toEqual(failed);
    expect(stateOf(finish(advance(started, 1, at('write')), 1, FAILED), 1)).toEqual({
      ...failed,
      progress: at('write'),
    });
  });

  it('distinguishes failures after the last step, which need no new steps', () => {
    const after = (stage: RenderStage) =>
      stateOf(finish(advance(start(queueOf('gpu'), 1), 1, at(stage)), 1, FAILED), 1);
    const stages = RenderStage.options.filter((stage) => failedWhileSaving(after(stage)));
    expect(stages).toEqual(['decode', 'interpolate', 'write']);
    expect(failedWhileSaving(stateOf(finish(advance(start(queueOf('gpu'), 1), 1, at('write')), 1, DONE), 1))).toBe(
      false,
    );
  });

  it.each<[string, () => Queue]>([
    ['starting a job before its turn', () => start(queueOf('gpu', 'gpu'), 2)],
    ['starting a job twice', () => start(start(queueOf('gpu'), 1), 1)],
    ['progress of a job that waits', () => advance(queueOf('gpu'), 1, at('load'))],
    ['progress that goes back', () => advance(advance(start(queueOf('gpu'), 1), 1, at('decode')), 1, at('sample'))],
    ['progress after the end', () => advance(finish(start(queueOf('gpu'), 1), 1, DONE), 1, at('write'))],
    ['a result for a job that waits', () => finish(queueOf('gpu'), 1, DONE)],
    ['a second result', () => finish(finish(start(queueOf('gpu'), 1), 1, DONE), 1, FAILED)],
    ['removing a job that waits', () => remove(queueOf('gpu'), 1)],
    ['removing a job that runs', () => remove(start(queueOf('gpu'), 1), 1)],
    ['a job that is not there', () => finish(EMPTY_QUEUE, 1, DONE)],
  ])('refuses %s', (_, act) => {
    expect(act).toThrow(/^Job \d+ /);
  });

  it('never runs two jobs of a device, loses none, and gives no id twice, whatever happens', () => {
    const action = fc.oneof(
      fc.record({ kind: fc.constant('enqueue' as const), device: fc.constantFrom('a', 'b') }),
      fc.record({
        kind: fc.constantFrom('start', 'finish', 'stopped', 'cancel', 'pause', 'requeue', 'moveUp', 'remove'),
        pick: fc.nat(20),
      }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        let queue = EMPTY_QUEUE;
        const ids = new Set<number>();
        const removed = new Set<number>();
        for (const step of actions) {
          if (step.kind === 'enqueue') {
            const added = enqueue(queue, step.device);
            expect(ids.has(added.id)).toBe(false);
            ids.add(added.id);
            queue = added.queue;
            continue;
          }
          const may = {
            start: startable(queue),
            finish: queue.jobs.filter(isRunning).map(({ id }) => id),
            stopped: queue.jobs.filter(isRunning).map(({ id }) => id),
            cancel: queue.jobs.map(({ id }) => id),
            pause: queue.jobs.map(({ id }) => id),
            requeue: queue.jobs.map(({ id }) => id),
            moveUp: queue.jobs.map(({ id }) => id),
            remove: queue.jobs.filter(({ state }) => hasEnded(state)).map(({ id }) => id),
          }[step.kind]!;
          const id = may[step.pick % Math.max(1, may.length)];
          if (id === undefined) continue;
          if (step.kind === 'start') queue = start(queue, id);
          if (step.kind === 'finish') queue = finish(queue, id, DONE);
          if (step.kind === 'stopped') queue = finish(queue, id, CANCELLED);
          if (step.kind === 'cancel') queue = cancel(queue, id);
          if (step.kind === 'pause') queue = pause(queue, id);
          if (step.kind === 'requeue') queue = requeue(queue, id);
          if (step.kind === 'moveUp') queue = moveUp(queue, id);
          if (step.kind === 'remove') {
            queue = remove(queue, id);
            removed.add(id);
          }
          for (const device of ['a', 'b']) {
            expect(queue.jobs.filter((job) => job.device === device && isRunning(job)).length).toBeLessThan(2);
          }
          expect(new Set([...queue.jobs.map((job) => job.id), ...removed])).toEqual(ids);
        }
      }),
    );
  });
});
