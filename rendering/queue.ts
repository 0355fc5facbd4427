import type { RenderFailure, RenderProgress, RenderResult, RenderStage } from '../protocol/engine.ts';

/*
 * The queue of renders as data: pure functions that give the next state. `RenderQueue` does the work that they decide.
 */

/** What a job does, in the order in which it happens. */
export const RUNNING_STATES = ['loading', 'sampling', 'decoding', 'writing'] as const;
export type RunningState = (typeof RUNNING_STATES)[number];

export type JobState =
  | { readonly kind: 'queued' }
  /** `progress`: null until the renderer reports something. */
  | { readonly kind: RunningState; readonly progress: RenderProgress | null }
  | { readonly kind: 'done'; readonly files: readonly string[] }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly failure: RenderFailure };

export interface Job {
  /** Unique in its queue; a later job has a higher one. */
  readonly id: number;
  /** Jobs of one device run one at a time, in the order of the queue. */
  readonly device: string;
  readonly state: JobState;
}

export interface Queue {
  readonly jobs: readonly Job[];
  readonly nextId: number;
}

export const EMPTY_QUEUE: Queue = { jobs: [], nextId: 1 };

/** Puts a job at the end. */
export function enqueue({ jobs, nextId }: Queue, device: string): { readonly queue: Queue; readonly id: number } {
  const job: Job = { id: nextId, device, state: { kind: 'queued' } };
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
  return withState(queue, id, { kind: 'loading', progress: null });
}

const STATE_OF_STAGE: Readonly<Record<RenderStage, RunningState>> = {
  load: 'loading',
  encode: 'loading',
  sample: 'sampling',
  decode: 'decoding',
  write: 'writing',
};

/** @throws if the job is not running, or would go back to an earlier state */
export function advance(queue: Queue, id: number, progress: RenderProgress): Queue {
  const { state } = jobOf(queue, id);
  const next = STATE_OF_STAGE[progress.stage];
  if (!isRunningState(state) || RUNNING_STATES.indexOf(next) < RUNNING_STATES.indexOf(state.kind)) {
    throw new Error(`Job ${id} cannot go from ${state.kind} to ${next}.`);
  }
  return withState(queue, id, { kind: next, progress });
}

/** @throws if the job is not running */
export function finish(queue: Queue, id: number, result: RenderResult): Queue {
  const { state } = jobOf(queue, id);
  if (!isRunningState(state)) throw new Error(`Job ${id} cannot finish: it is ${state.kind}.`);
  if (result.ok) return withState(queue, id, { kind: 'done', files: result.files });
  return withState(
    queue,
    id,
    result.kind === 'cancelled' ? { kind: 'cancelled' } : { kind: 'failed', failure: result },
  );
}

/** Cancels a job that waits; one that runs has to be cancelled at its renderer, and then finishes. */
export function cancelQueued(queue: Queue, id: number): Queue {
  const { state } = jobOf(queue, id);
  return state.kind === 'queued' ? withState(queue, id, { kind: 'cancelled' }) : queue;
}

/** Forgets a job that has ended. @throws if it has not */
export function remove(queue: Queue, id: number): Queue {
  if (!hasEnded(jobOf(queue, id).state)) throw new Error(`Job ${id} cannot be removed: it has not ended.`);
  return { ...queue, jobs: queue.jobs.filter((job) => job.id !== id) };
}

/** How many jobs of the same device run or wait before a job; 0 for one that runs or has ended. */
export function jobsBefore({ jobs }: Queue, id: number): number {
  const index = jobs.findIndex((job) => job.id === id);
  const job = jobs[index];
  if (job?.state.kind !== 'queued') return 0;
  return jobs.filter((other, i) => {
    if (other.device !== job.device) return false;
    return isRunning(other) || (i < index && other.state.kind === 'queued');
  }).length;
}

export function isRunning({ state }: Job): boolean {
  return isRunningState(state);
}

export function hasEnded({ kind }: JobState): boolean {
  return kind === 'done' || kind === 'cancelled' || kind === 'failed';
}

function isRunningState(state: JobState): state is Extract<JobState, { readonly kind: RunningState }> {
  return state.kind !== 'queued' && !hasEnded(state);
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
