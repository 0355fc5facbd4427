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
import { CANCELLED, type RenderEvent, type Renderer, type Rendering, type RenderOptions } from './renderer.ts';

/** What a job in the queue reports to whoever submitted it. */
export type JobEvent = RenderEvent | { readonly kind: 'waiting'; readonly jobsBefore: number };

/** A job, as whoever submitted it sees it. */
export interface QueuedRendering extends Rendering {
  readonly id: number;
}

/** A job that has not ended. */
interface Submission {
  readonly plan: TravelPlan;
  readonly renderer: Renderer;
  readonly options: RenderOptions;
  readonly onEvent: (event: JobEvent) => void;
  readonly resolve: (result: RenderResult) => void;
  rendering: Rendering | null;
  /** As last reported. */
  jobsBefore: number;
}

/** Renders plans one after another, one at a time for each device. */
export class RenderQueue {
  #queue: Queue = EMPTY_QUEUE;
  readonly #submissions = new Map<number, Submission>();

  /** @param onEvent receives progress, and the number of jobs before this one whenever it changes */
  submit(
    plan: TravelPlan,
    renderer: Renderer,
    onEvent: (event: JobEvent) => void = () => undefined,
    options: RenderOptions = {},
  ): QueuedRendering {
    const { queue, id } = enqueue(this.#queue, renderer.device);
    this.#queue = queue;
    const result = new Promise<RenderResult>((resolve) => {
      this.#submissions.set(id, { plan, renderer, options, onEvent, resolve, rendering: null, jobsBefore: 0 });
    });
    this.#startNext();
    return { id, result, cancel: () => this.#cancel(id) };
  }

  /** Cancels everything that runs or waits. */
  cancelAll(): void {
    // From the end, so that no job starts only to be cancelled.
    for (const id of [...this.#submissions.keys()].reverse()) this.#cancel(id);
  }

  #cancel(id: number): void {
    const submission = this.#submissions.get(id);
    if (!submission) return;
    submission.rendering?.cancel();
    this.#queue = cancelQueued(this.#queue, id);
    if (jobOf(this.#queue, id).state.kind === 'cancelled') this.#end(id, submission, CANCELLED);
  }

  #startNext(): void {
    for (const id of startable(this.#queue)) {
      const submission = this.#submissions.get(id)!;
      this.#queue = start(this.#queue, id);
      submission.rendering = submission.renderer.submit(
        submission.plan,
        (event) => {
          if (event.kind === 'progress') this.#queue = advance(this.#queue, id, event.progress);
          submission.onEvent(event);
        },
        submission.options,
      );
      void submission.rendering.result.then((result) => {
        this.#queue = finish(this.#queue, id, result);
        this.#end(id, submission, result);
      });
    }
    this.#reportPlaces();
  }

  #end(id: number, submission: Submission, result: RenderResult): void {
    this.#submissions.delete(id);
    this.#queue = remove(this.#queue, id);
    submission.resolve(result);
    this.#startNext();
  }

  #reportPlaces(): void {
    for (const [id, submission] of this.#submissions) {
      const before = jobsBefore(this.#queue, id);
      if (before === submission.jobsBefore) continue;
      submission.jobsBefore = before;
      if (before > 0) submission.onEvent({ kind: 'waiting', jobsBefore: before });
    }
  }
}
