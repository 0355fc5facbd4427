import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RenderProgress, RenderResult, RenderStage } from '../../protocol/engine.ts';
import {
  advance,
  cancelQueued,
  EMPTY_QUEUE,
  enqueue,
  finish,
  hasEnded,
  isRunning,
  jobOf,
  jobsBefore,
  type Queue,
  remove,
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
    expect(stateOf(queue, 1)).toEqual({ kind: 'done', files: ['/a.webp'] });
  });

  it('keeps the progress as it was reported', () => {
    const progress = { stage: 'sample', done: 3, total: 9, step: 2, window: 1 } as const;
    expect(stateOf(advance(start(queueOf('gpu'), 1), 1, progress), 1)).toEqual({ kind: 'sampling', progress });
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
    expect([1, 2, 3, 4].map((id) => jobsBefore(queue, id))).toEqual([0, 0, 1, 2]);
    expect(jobsBefore(finish(queue, 1, DONE), 3)).toBe(0);
    expect(jobsBefore(queue, 99)).toBe(0);
  });

  it('cancels a job that waits; one that runs finishes as canceled', () => {
    let queue = start(queueOf('gpu', 'gpu'), 1);
    queue = cancelQueued(cancelQueued(queue, 1), 2);
    expect(stateOf(queue, 1).kind).toBe('loading');
    expect(stateOf(queue, 2)).toEqual({ kind: 'cancelled' });
    expect(stateOf(finish(queue, 1, CANCELLED), 1)).toEqual({ kind: 'cancelled' });
  });

  it('keeps why a job failed', () => {
    expect(stateOf(finish(start(queueOf('gpu'), 1), 1, FAILED), 1)).toEqual({ kind: 'failed', failure: FAILED });
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
      fc.record({ kind: fc.constantFrom('start', 'finish', 'cancel', 'remove'), pick: fc.nat(20) }),
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
            cancel: queue.jobs.map(({ id }) => id),
            remove: queue.jobs.filter(({ state }) => hasEnded(state)).map(({ id }) => id),
          }[step.kind]!;
          const id = may[step.pick % Math.max(1, may.length)];
          if (id === undefined) continue;
          if (step.kind === 'start') queue = start(queue, id);
          if (step.kind === 'finish') queue = finish(queue, id, DONE);
          if (step.kind === 'cancel') queue = cancelQueued(queue, id);
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
