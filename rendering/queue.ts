import type { RenderProgress, RenderResult, RenderStage } from '../protocol/engine.ts';
import { type JobState, RunningState } from '../protocol/renders.ts';

/*
 * The queue of renders as data: pure functions that give the next state. `RenderQueue` does the work that they decide.
 */

/** In the order in which they happen. */
const RUNNING_STATES = RunningState.options;

export interface Job {
  /** Unique in its queue; a later job has a higher one. */
  readonly id: number;
  /** Jobs of one device run one at a time, in the order of the queue. */
  readonly device: string;
  /** Whether it continues from the progress that was saved when it ran before. */
  readonly resume: boolean;
  readonly state: JobState;
}

export interface Queue {
  readonly jobs: readonly Job[];
  readonly nextId: number;
}

export const EMPTY_QUEUE: Queue = { jobs: [], nextId: 1 };

/** How a job enters the queue: waiting, or as it was in an earlier queue. */
export type InitialState = Extract<JobState, { readonly kind: 'queued' | 'paused' | 'failed' }>;

/** Puts a job at the end. */
export function enqueue(
  { jobs, nextId }: Queue,
  device: string,
  resume = false,
  state: InitialState = { kind: 'queued' },
): { readonly queue: Queue; readonly id: number } {
  const job: Job = { id: nextId, device, resume, state };
  return { queue: { jobs: [...jobs, job], nextId: nextId + 1 }, id: nextId };
}

/** Ids of the jobs whose turn it is: on each device that runs none, the first that waits. */
export function startable({ jobs }: Queue): number[] {
  const taken = new Set(jobs.filter(isRunning).map(({ device }) => device));
  return jobs.flatMap(({ id, device, state }) => {
    if (state.kind !== 'queued' || taken.has(device)) return [];
    taken.add(device);
    return [id];
  });
}

/** @throws if it is not the job's turn */
export function start(queue: Queue, id: number): Queue {
  if (!startable(queue).includes(id)) throw new Error(`Job ${id} cannot be started: it is not its turn.`);
  return withState(queue, id, { kind: 'loading', progress: null, stopping: null });
}

const STATE_OF_STAGE: Readonly<Record<RenderStage, RunningState>> = {
  load: 'loading',
  encode: 'loading',
  sample: 'sampling',
  decode: 'decoding',
  interpolate: 'interpolating',
  write: 'writing',
};

/** @throws if the job is not running, or would go back to an earlier state */
export function advance(queue: Queue, id: number, progress: RenderProgress): Queue {
  const { state } = jobOf(queue, id);
  const next = stateAt(state, progress);
  if (next === state) throw new Error(`Job ${id} cannot go from ${state.kind} to ${STATE_OF_STAGE[progress.stage]}.`);
  return withState(queue, id, next);
}

/** The state of a job that reports progress; the same if the job does not run, or was further. */
export function stateAt(state: JobState, progress: RenderProgress): JobState {
  const kind = STATE_OF_STAGE[progress.stage];
  if (!isRunningState(state) || RUNNING_STATES.indexOf(kind) < RUNNING_STATES.indexOf(state.kind)) return state;
  return { ...state, kind, progress };
}

/** @throws if the job is not running */
export function finish(queue: Queue, id: number, result: RenderResult): Queue {
  const { state } = jobOf(queue, id);
  if (!isRunningState(state)) throw new Error(`Job ${id} cannot finish: it is ${state.kind}.`);
  return withState(queue, id, ended(state, result));
}

function ended({ progress, stopping }: Running, result: RenderResult): JobState {
  if (result.ok) return { kind: 'done', result };
  // Nothing is lost, and it goes on when there is space.
  if (result.kind === 'disk-full' && stopping !== 'cancelled') return { kind: 'paused', progress, failure: result };
  if (result.kind !== 'cancelled' && result.kind !== 'disk-full') return { kind: 'failed', failure: result, progress };
  return stopping === 'paused' ? { kind: 'paused', progress, failure: null } : { kind: 'cancelled' };
}

/** Cancels a job that waits; one that runs has to be stopped at its renderer, and then finishes as cancelled. */
export function cancel(queue: Queue, id: number): Queue {
  return stop(queue, id, { kind: 'cancelled' });
}

/** Pauses a job that waits; one that runs has to be stopped at its renderer, and then finishes as paused. */
export function pause(queue: Queue, id: number): Queue {
  return stop(queue, id, { kind: 'paused', progress: null, failure: null });
}

/** Lets a job that is sampling end after the step that it makes. */
export function stopHere(queue: Queue, id: number): Queue {
  const { state } = jobOf(queue, id);
  const samples = state.kind === 'loading' || state.kind === 'sampling';
  return samples && state.stopping === null ? withState(queue, id, { ...state, stopping: 'done' }) : queue;
}

function stop(queue: Queue, id: number, stopped: Extract<JobState, { readonly kind: 'cancelled' | 'paused' }>): Queue {
  const { state } = jobOf(queue, id);
  if (hasEnded(state) || state.kind === stopped.kind) return queue;
  if (isRunningState(state)) {
    // A job that is being canceled is not paused instead.
    return state.stopping === 'cancelled' ? queue : withState(queue, id, { ...state, stopping: stopped.kind });
  }
  return withState(queue, id, stopped);
}

/** Lets a paused job wait for its turn at its place, and one that failed or was canceled at the end of the queue. */
export function requeue(queue: Queue, id: number): Queue {
  const job = jobOf(queue, id);
  const waiting: Job = { ...job, resume: true, state: { kind: 'queued' } };
  switch (job.state.kind) {
    case 'paused':
      return { ...queue, jobs: queue.jobs.map((each) => (each.id === id ? waiting : each)) };
    case 'failed':
    case 'cancelled':
      return { ...queue, jobs: [...queue.jobs.filter((each) => each.id !== id), waiting] };
    default:
      return queue;
  }
}

/** Moves a job that waits before the previous one that waits for the same device. */
export function moveUp(queue: Queue, id: number): Queue {
  const index = queue.jobs.findIndex((job) => job.id === id);
  const job = queue.jobs[index];
  if (job?.state.kind !== 'queued') return queue;
  const before = queue.jobs.findLastIndex(
    ({ device, state }, i) => i < index && device === job.device && state.kind === 'queued',
  );
  if (before === -1) return queue;
  return { ...queue, jobs: queue.jobs.toSpliced(index, 1).toSpliced(before, 0, job) };
}

/** Forgets a job that has ended. @throws if it has not */
export function remove(queue: Queue, id: number): Queue {
  if (!hasEnded(jobOf(queue, id).state)) throw new Error(`Job ${id} cannot be removed: it has not ended.`);
  return { ...queue, jobs: queue.jobs.filter((job) => job.id !== id) };
}

/** How many jobs of the same device run or wait before a job; 0 for one that does not wait. */
export function jobsBefore(
  jobs: readonly (Pick<Job, 'id' | 'state'> & { readonly device?: string })[],
  id: number,
): number {
  const index = jobs.findIndex((job) => job.id === id);
  const job = jobs[index];
  if (job?.state.kind !== 'queued') return 0;
  return jobs.filter((other, i) => {
    if (other.device !== job.device) return false;
    return isRunning(other) || (i < index && other.state.kind === 'queued');
  }).length;
}

export function isRunning({ state }: Pick<Job, 'state'>): boolean {
  return isRunningState(state);
}

export function hasEnded({ kind }: JobState): boolean {
  return kind === 'done' || kind === 'cancelled' || kind === 'failed';
}

/**
 * Whether a job failed after its last step, while its frames were decoded or written. Then a new try only has to finish
 * that, from the latents and frames that were saved.
 */
export function failedWhileSaving(state: JobState): boolean {
  // With another model file, it is another render.
  if (state.kind !== 'failed' || state.failure.kind === 'file-changed') return false;
  const stage = state.progress?.stage;
  return stage === 'decode' || stage === 'interpolate' || stage === 'write';
}

type Running = Extract<JobState, { readonly kind: RunningState }>;

function isRunningState(state: JobState): state is Running {
  return state.kind !== 'queued' && state.kind !== 'paused' && !hasEnded(state);
}

/** @throws if the job is not in the queue */
export function jobOf({ jobs }: Queue, id: number): Job {
  const job = jobs.find((each) => each.id === id);
  if (!job) throw new Error(`Job ${id} is not in the queue.`);
  return job;
}

function withState(queue: Queue, id: number, state: JobState): Queue {
  return { ...queue, jobs: queue.jobs.map((job) => (job.id === id ? { ...job, state } : job)) };
}
