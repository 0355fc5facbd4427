import { clock } from '../../plan/units.ts';
import type { RenderProgress } from '../../protocol/engine.ts';
import type { JobInfo, JobState } from '../../protocol/renders.ts';
import { jobsBefore } from '../../rendering/queue.ts';

/** Codicon of a job's state. */
export function iconOf({ kind }: JobState): string {
  switch (kind) {
    case 'queued':
      return '$(clock)';
    case 'paused':
      return '$(debug-pause)';
    case 'done':
      return '$(check)';
    case 'cancelled':
      return '$(circle-slash)';
    case 'failed':
      return '$(error)';
    default:
      return '$(sync~spin)';
  }
}

const STAGES = {
  loading: 'loading models',
  sampling: 'sampling',
  decoding: 'decoding frames',
  writing: 'writing files',
} as const;

const STOPPING = { cancelled: 'canceling', paused: 'pausing', done: 'stopping after this step' } as const;

/** `13/20 · 0:09`, `2nd in the queue`, `paused at 13/20`, `done`. @param jobs all of them, in their order */
export function stateText(job: JobInfo, jobs: readonly JobInfo[]): string {
  const { state } = job;
  switch (state.kind) {
    case 'queued':
      return `${ordinal(jobsBefore(jobs, job.id) + 1)} in the queue`;
    case 'paused':
      if (state.failure) return 'paused: the disk is full';
      return state.progress?.stage === 'sample' ? `paused at ${stepOf(job, state.progress)}` : 'paused';
    case 'done':
      return `${job.frames} in ${clock(state.result.timings.total)}`;
    case 'cancelled':
      return 'canceled';
    case 'failed':
      return 'failed';
  }
  if (state.stopping !== null) return STOPPING[state.stopping];
  const { progress } = state;
  const left = progress?.secondsLeft === undefined ? '' : ` · ${clock(progress.secondsLeft)}`;
  return `${state.kind === 'sampling' && progress ? stepOf(job, progress) : STAGES[state.kind]}${left}`;
}

/** The step that is computed, of all; `13/20`. */
function stepOf({ steps }: JobInfo, { done, total }: RenderProgress): string {
  return `${Math.min(Math.floor((done / total) * steps) + 1, steps)}/${steps}`;
}

/** From 0 to 100: how much of a running job is done. */
export function percentOf({ state }: JobInfo): number {
  if (state.kind === 'sampling' && state.progress) return Math.round((90 * state.progress.done) / state.progress.total);
  return state.kind === 'decoding' || state.kind === 'writing' ? 90 : 0;
}

/** 1st, 2nd, 3rd, 4th, 11th, 21st, … */
export function ordinal(number: number): string {
  const rule = new Intl.PluralRules('en', { type: 'ordinal' }).select(number);
  return `${number}${{ one: 'st', two: 'nd', few: 'rd', other: 'th', zero: 'th', many: 'th' }[rule]}`;
}
