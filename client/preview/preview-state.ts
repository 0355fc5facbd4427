import type { RenderFailure, RenderProgress } from '../../protocol/engine.ts';
import type { PreviewState } from '../../protocol/preview.ts';
import { type JobInfo, MOST_CRASHES } from '../../protocol/renders.ts';
import { hasEnded, isRunning } from '../../rendering/queue.ts';
import { resultText } from '../../rendering/render-text.ts';
import { stateText } from '../render/job-text.ts';

/** Everything that the state of a preview depends on. */
export interface StateSources {
  /** URI of the previewed file; null: none is open. */
  readonly document: string | null;
  /** False in a browser, which has no engine. */
  readonly canRender: boolean;
  readonly isTrusted: boolean;
  /** The language server or the render service is being started again. */
  readonly isReconnecting: boolean;
  /** Why a model that the file names cannot be used; null: nothing is missing. */
  readonly missingModel: string | null;
  /** Of all files, in the order of the queue. */
  readonly jobs: readonly JobInfo[];
  /** Jobs that ended without saved progress. */
  readonly withoutProgress: ReadonlySet<number>;
  /** The render on the disk that is shown, in a phrase; null: none was found. */
  readonly lastRender: string | null;
  /** Frames that the text has changed since that render; null: all of them. */
  readonly outdated: readonly number[] | null;
}

/** What the preview shows: what a person has to know first comes first. */
export function previewState(sources: StateSources): PreviewState {
  const { document, jobs } = sources;
  if (document === null) return { kind: 'no-file' };
  if (!sources.canRender) return { kind: 'no-engine' };
  if (!sources.isTrusted) return { kind: 'untrusted' };
  const job = jobOfDocument(jobs, document);
  if (job && !hasEnded(job.state)) return openJobState(job, jobs);
  if (sources.isReconnecting) return { kind: 'reconnecting' };
  if (sources.missingModel !== null) return { kind: 'model-missing', message: sources.missingModel };
  const outdated = sources.outdated && [...sources.outdated];
  if (job) return endedJobState(job, outdated, sources.withoutProgress.has(job.id));
  return sources.lastRender === null
    ? { kind: 'never-rendered' }
    : { kind: 'done', summary: sources.lastRender, outdated };
}

/** Of a document's jobs: the one that runs, else the first that waits, else the last that has ended. */
export function jobOfDocument(jobs: readonly JobInfo[], document: string): JobInfo | undefined {
  const own = jobs.filter((job) => job.document === document);
  const latest = own.filter(({ state }) => hasEnded(state)).sort((a, b) => b.id - a.id)[0];
  return own.find(isRunning) ?? own.find(({ state }) => !hasEnded(state)) ?? latest;
}

function openJobState(job: JobInfo, jobs: readonly JobInfo[]): PreviewState {
  const { state, steps } = job;
  switch (state.kind) {
    case 'queued':
      return { kind: 'queued', place: stateText(job, jobs) };
    case 'paused':
      return { kind: 'paused', detail: state.failure?.message ?? stateText(job, jobs) };
    case 'sampling':
      return samplingState(state.progress, steps);
    case 'decoding':
    case 'interpolating': {
      // How many frames there are is known when the first one is decoded.
      if (state.progress === null) return { kind: 'loading' };
      const { done, total, secondsLeft = null } = state.progress;
      return { kind: state.kind, done, total, secondsLeft };
    }
    case 'writing':
      return { kind: 'writing' };
    default:
      return { kind: 'loading' };
  }
}

function samplingState(progress: RenderProgress | null, steps: number): PreviewState {
  // The same number in each step, unless some steps have windows of other strides.
  const perStep = progress ? progress.total / steps : Number.NaN;
  return {
    kind: 'sampling',
    step: progress?.step ?? Math.min(steps, Math.floor((progress ? progress.done / progress.total : 0) * steps) + 1),
    steps,
    window: progress?.window ?? null,
    windows: Number.isInteger(perStep) ? perStep : null,
    secondsLeft: progress?.secondsLeft ?? null,
  };
}

function endedJobState(job: JobInfo, outdated: number[] | null, isLost: boolean): PreviewState {
  const { state } = job;
  switch (state.kind) {
    case 'done':
      return { kind: 'done', summary: resultText(job, state.result), outdated };
    case 'failed':
      return { kind: 'failed', message: state.failure.message, resumable: canResume(job, state.failure) };
    default:
      return { kind: 'cancelled', resumable: !isLost };
  }
}

/** Failures after which the same plan can succeed. */
const PASSING: ReadonlySet<RenderFailure['kind']> = new Set([
  'cannot-write',
  'disk-full',
  'out-of-memory',
  'device-lost',
  'engine-stopped',
]);

const canResume = ({ crashes }: JobInfo, { kind }: RenderFailure): boolean =>
  PASSING.has(kind) && crashes < MOST_CRASHES;
