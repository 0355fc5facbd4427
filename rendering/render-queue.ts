import type { Work } from '../plan/work.ts';
import type { RenderProgress, RenderResult } from '../protocol/engine.ts';
import {
  advance,
  cancel,
  EMPTY_QUEUE,
  enqueue,
  finish,
  hasEnded,
  type InitialState,
  isRunning,
  type Job,
  jobOf,
  jobsBefore,
  moveUp,
  pause,
  type Queue,
  remove,
  requeue,
  start,
  startable,
  stopHere,
} from './queue.ts';
import { CANCELLED, type RenderEvent, type Renderer, type Rendering, type RenderOptions } from './renderer.ts';

/** What a job in the queue reports to whoever submitted it. */
export type JobEvent = RenderEvent | { readonly kind: 'waiting'; readonly jobsBefore: number };

/** A job, as whoever submitted it sees it. */
export interface QueuedRendering extends Rendering {
  readonly id: number;
}

interface Submission {
  readonly work: Work;
  readonly renderer: Renderer;
  readonly onEvent: (event: JobEvent) => void;
  readonly resolve: (result: RenderResult) => void;
  rendering: Rendering | null;
  /** As last reported. */
  jobsBefore: number;
}

/** Renders one after another, one at a time for each device. Jobs that have ended stay until they are removed. */
export class RenderQueue {
  readonly #onChange: (jobs: readonly Job[]) => void;
  #queue: Queue = EMPTY_QUEUE;
  readonly #submissions = new Map<number, Submission>();
  /** Whether a change will be reported at the end of this turn. */
  #changed = false;

  /**
   * @param onChange receives all jobs in their order, once after any number of changes in one turn; progress inside one
   * state is no change
   */
  constructor(onChange: (jobs: readonly Job[]) => void = () => undefined) {
    this.#onChange = onChange;
  }

  get jobs(): readonly Job[] {
    return this.#queue.jobs;
  }

  /**
   * @param onEvent receives progress, and the number of jobs before this one whenever it changes
   * @returns its `result` is the first end of the job, or the failure that paused it; a job that a person paused has
   * not ended
   */
  submit(
    work: Work,
    renderer: Renderer,
    onEvent: (event: JobEvent) => void = () => undefined,
    { resume = false, state }: RenderOptions & { readonly state?: InitialState } = {},
  ): QueuedRendering {
    const { queue, id } = enqueue(this.#queue, renderer.device, resume, state);
    const result = new Promise<RenderResult>((resolve) => {
      this.#submissions.set(id, { work, renderer, onEvent, resolve, rendering: null, jobsBefore: 0 });
    });
    this.#become(queue);
    return { id, result, cancel: () => this.cancel(id), stopHere: () => this.stopHere(id) };
  }

  cancel(id: number): void {
    this.#stop(id, cancel(this.#queue, id));
  }

  pause(id: number): void {
    this.#stop(id, pause(this.#queue, id));
  }

  /** Ends a job that is sampling after the step that it makes, and keeps what there is. */
  stopHere(id: number): void {
    const queue = stopHere(this.#queue, id);
    if (queue !== this.#queue) this.#submissions.get(id)!.rendering!.stopHere();
    this.#become(queue);
  }

  /** Continues a job that is paused, or tries one again that failed or was canceled. */
  requeue(id: number): void {
    this.#become(requeue(this.#queue, id));
  }

  moveUp(id: number): void {
    this.#become(moveUp(this.#queue, id));
  }

  /** Forgets a job that has ended. @throws if it has not */
  remove(id: number): void {
    this.#submissions.delete(id);
    this.#become(remove(this.#queue, id));
  }

  /** Cancels everything that runs or waits. */
  cancelAll(): void {
    this.#stopAll(cancel);
  }

  /** Pauses everything that runs or waits. */
  pauseAll(): void {
    this.#stopAll(pause);
  }

  #stopAll(stop: (queue: Queue, id: number) => Queue): void {
    // From the end, so that no job starts only to be stopped.
    for (const { id } of this.jobs.toReversed()) this.#stop(id, stop(this.#queue, id));
  }

  #stop(id: number, queue: Queue): void {
    const { state } = jobOf(queue, id);
    if (state.kind === 'cancelled') this.#submissions.get(id)!.resolve(CANCELLED);
    if (isRunning(jobOf(queue, id))) this.#submissions.get(id)!.rendering!.cancel();
    this.#become(queue);
  }

  #become(queue: Queue): void {
    if (queue === this.#queue) return;
    this.#queue = queue;
    for (const id of startable(queue)) this.#start(id);
    this.#reportPlaces();
    this.#reportChange();
  }

  #reportChange(): void {
    if (this.#changed) return;
    this.#changed = true;
    queueMicrotask(() => {
      this.#changed = false;
      this.#onChange(this.#queue.jobs);
    });
  }

  #start(id: number): void {
    const submission = this.#submissions.get(id)!;
    const { resume } = jobOf(this.#queue, id);
    this.#queue = start(this.#queue, id);
    const onEvent = (event: RenderEvent) => {
      if (event.kind === 'progress') this.#advance(id, event.progress);
      submission.onEvent(event);
    };
    const rendering = submission.renderer.submit(submission.work, onEvent, { resume });
    submission.rendering = rendering;
    void rendering.result.then((result) => {
      submission.rendering = null;
      const queue = finish(this.#queue, id, result);
      const { state } = jobOf(queue, id);
      if (hasEnded(state) || (state.kind === 'paused' && state.failure)) submission.resolve(result);
      this.#become(queue);
    });
  }

  #advance(id: number, progress: RenderProgress): void {
    const before = jobOf(this.#queue, id).state.kind;
    this.#queue = advance(this.#queue, id, progress);
    if (jobOf(this.#queue, id).state.kind !== before) this.#reportChange();
  }

  #reportPlaces(): void {
    for (const [id, submission] of this.#submissions) {
      const before = jobsBefore(this.#queue.jobs, id);
      if (before === submission.jobsBefore) continue;
      submission.jobsBefore = before;
      if (before > 0) submission.onEvent({ kind: 'waiting', jobsBefore: before });
    }
  }
}
