import type { TravelPlan } from '../plan/plan.ts';
import type { RenderResult } from '../protocol/engine.ts';
import {
  advance,
  cancelQueued,
  EMPTY_QUEUE,
  enqueue,
  finish,
  jobOf,
  jobsBefore,
  type Queue,
  remove,
  start,
  startable,
} from './queue.ts';
import { CANCELLED, type RenderEvent, type Renderer, type Rendering } from './renderer.ts';

/** What a job in the queue reports to whoever submitted it. */
export type JobEvent = RenderEvent | { readonly kind: 'waiting'; readonly jobsBefore: number };

/** A job, as whoever submitted it sees it. */
export interface QueuedRendering extends Rendering {
  readonly id: number;
}

interface Work {
  readonly plan: TravelPlan;
  readonly renderer: Renderer;
  readonly onEvent: (event: JobEvent) => void;
  readonly resolve: (result: RenderResult) => void;
  rendering: Rendering | null;
  /** As last reported. */
  jobsBefore: number;
}

/** Renders plans one after another, one at a time for each device. */
export class RenderQueue {
  #queue: Queue = EMPTY_QUEUE;
  readonly #work = new Map<number, Work>();

  /** @param onEvent hears of progress, and of the place in the queue whenever it changes */
  submit(plan: TravelPlan, renderer: Renderer, onEvent: (event: JobEvent) => void = () => undefined): QueuedRendering {
    const { queue, id } = enqueue(this.#queue, renderer.device);
    this.#queue = queue;
    const result = new Promise<RenderResult>((resolve) => {
      this.#work.set(id, { plan, renderer, onEvent, resolve, rendering: null, jobsBefore: 0 });
    });
    this.#startNext();
    return { id, result, cancel: () => this.#cancel(id) };
  }

  /** Cancels everything that runs or waits. */
  cancelAll(): void {
    // From the end, so that no job starts only to be cancelled.
    for (const id of [...this.#work.keys()].reverse()) this.#cancel(id);
  }

  #cancel(id: number): void {
    const work = this.#work.get(id);
    if (!work) return;
    work.rendering?.cancel();
    this.#queue = cancelQueued(this.#queue, id);
    if (jobOf(this.#queue, id).state.kind === 'cancelled') this.#end(id, work, CANCELLED);
  }

  #startNext(): void {
    for (const id of startable(this.#queue)) {
      const work = this.#work.get(id)!;
      this.#queue = start(this.#queue, id);
      work.rendering = work.renderer.submit(work.plan, (event) => {
        if (event.kind === 'progress') this.#queue = advance(this.#queue, id, event.progress);
        work.onEvent(event);
      });
      void work.rendering.result.then((result) => {
        this.#queue = finish(this.#queue, id, result);
        this.#end(id, work, result);
      });
    }
    this.#reportPlaces();
  }

  #end(id: number, work: Work, result: RenderResult): void {
    this.#work.delete(id);
    this.#queue = remove(this.#queue, id);
    work.resolve(result);
    this.#startNext();
  }

  #reportPlaces(): void {
    for (const [id, work] of this.#work) {
      const before = jobsBefore(this.#queue, id);
      if (before === work.jobsBefore) continue;
      work.jobsBefore = before;
      if (before > 0) work.onEvent({ kind: 'waiting', jobsBefore: before });
    }
  }
}
