import * as l10n from '@vscode/l10n';
import { clock } from '../../plan/units.ts';
import type { RenderProgress } from '../../protocol/engine.ts';
import type { JobInfo, JobState } from '../../protocol/renders.ts';
import { jobsBefore } from '../../rendering/queue.ts';
import { extentText } from '../../rendering/render-text.ts';

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
  loading: l10n.t('loading models'),
  sampling: l10n.t('sampling'),
  decoding: l10n.t('decoding frames'),
  interpolating: l10n.t('interpolating frames'),
  writing: l10n.t('writing files'),
} as const;

const STOPPING = {
  cancelled: l10n.t('canceling'),
  paused: l10n.t('pausing'),
  done: l10n.t('stopping after this step'),
} as const;

/** `13/20 · 0:09`, `2nd in the queue`, `paused at 13/20`, `done`. @param jobs all of them, in their order */
export function stateText(job: JobInfo, jobs: readonly JobInfo[]): string {
  const { state } = job;
  switch (state.kind) {
    case 'queued':
      return placeText(jobsBefore(jobs, job.id) + 1);
    case 'paused':
      if (state.failure) return l10n.t('paused: the disk is full');
      return state.progress?.stage === 'sample'
        ? l10n.t('paused at {0}', stepOf(job, state.progress))
        : l10n.t('paused');
    case 'done':
      return l10n.t('{0} in {1}', extentText(job.extent), clock(state.result.timings.total));
    case 'cancelled':
      return l10n.t('canceled');
    case 'failed':
      return l10n.t('failed');
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
  return ['decoding', 'interpolating', 'writing'].includes(state.kind) ? 90 : 0;
}

/** `1st in the queue`, 2nd, 3rd, 4th, 11th, 21st, … */
export function placeText(place: number): string {
  switch (new Intl.PluralRules('en', { type: 'ordinal' }).select(place)) {
    case 'one':
      return l10n.t('{0}st in the queue', place);
    case 'two':
      return l10n.t('{0}nd in the queue', place);
    case 'few':
      return l10n.t('{0}rd in the queue', place);
    default:
      return l10n.t('{0}th in the queue', place);
  }
}
