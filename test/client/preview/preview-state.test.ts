import { describe, expect, it, vi } from 'vitest';
import type { PreviewState } from '../../../protocol/preview.ts';
import { PreviewState as PreviewStateSchema } from '../../../protocol/preview.ts';
import type { JobInfo, JobState } from '../../../protocol/renders.ts';

vi.mock('vscode', () => import('../vscode.ts'));
const { jobOfDocument, previewState } = await import('../../../client/preview/preview-state.ts');
type StateSources = Parameters<typeof previewState>[0];

const DOCUMENT = 'file:///clips/fox.travel';
const timings = { total: 31, load: 0, encode: 0, sample: 0, decode: 0, write: 0, runtime: 0 };

const job = (state: JobState, changes: Partial<JobInfo> = {}): JobInfo => ({
  id: 1,
  document: DOCUMENT,
  name: 'fox',
  extent: { kind: 'frames', count: 32 },
  steps: 20,
  seed: 42,
  note: '',
  open: 'preview',
  state,
  crashes: 0,
  ...changes,
});

const READY: StateSources = {
  document: DOCUMENT,
  canRender: true,
  isTrusted: true,
  isReconnecting: false,
  missingModel: null,
  jobs: [],
  withoutProgress: new Set(),
  lastRender: null,
  outdated: [],
};

const running = (kind: 'loading' | 'sampling' | 'decoding' | 'writing', progress: object | null = null) =>
  job({ kind, progress: progress as never, stopping: null });
const done = job({ kind: 'done', result: { ok: true, files: [], timings, device: 'CPU' } });
const failed = (kind: 'out-of-memory' | 'bad-model', crashes = 0) =>
  job({ kind: 'failed', failure: { ok: false, kind, message: 'Why.' }, progress: null }, { crashes });

describe('the state of a preview', () => {
  it.each<[name: string, sources: Partial<StateSources>, state: PreviewState]>([
    ['no file', { document: null, jobs: [done] }, { kind: 'no-file' }],
    ['a browser', { canRender: false, isTrusted: false }, { kind: 'no-engine' }],
    ['an untrusted folder', { isTrusted: false, missingModel: 'No model.' }, { kind: 'untrusted' }],
    ['never rendered', {}, { kind: 'never-rendered' }],
    ['rendered before', { lastRender: 'seed 42', outdated: [3] }, { kind: 'done', summary: 'seed 42', outdated: [3] }],
    ['jobs of other files', { jobs: [{ ...done, document: 'file:///b.travel' }] }, { kind: 'never-rendered' }],
    [
      'queued',
      { jobs: [{ ...running('loading'), document: 'file:///b.travel' }, job({ kind: 'queued' }, { id: 2 })] },
      { kind: 'queued', place: '2nd in the queue' },
    ],
    ['loading', { jobs: [running('loading')], isReconnecting: true, missingModel: 'No.' }, { kind: 'loading' }],
    [
      'sampling before the first progress',
      { jobs: [running('sampling')] },
      { kind: 'sampling', step: 1, steps: 20, window: null, windows: null, secondsLeft: null },
    ],
    [
      'sampling',
      { jobs: [running('sampling', { stage: 'sample', done: 41, total: 60, step: 14, window: 3, secondsLeft: 9 })] },
      { kind: 'sampling', step: 14, steps: 20, window: 3, windows: 3, secondsLeft: 9 },
    ],
    [
      'sampling with windows of several strides',
      { jobs: [running('sampling', { stage: 'sample', done: 41, total: 61, step: 14, window: 3 })] },
      { kind: 'sampling', step: 14, steps: 20, window: 3, windows: null, secondsLeft: null },
    ],
    [
      'sampling',
      { jobs: [running('sampling', { stage: 'sample', done: 41, total: 60 })] },
      { kind: 'sampling', step: 14, steps: 20, window: null, windows: 3, secondsLeft: null },
    ],
    ['loading', { jobs: [running('decoding')] }, { kind: 'loading' }],
    [
      'decoding',
      { jobs: [running('decoding', { stage: 'decode', done: 4, total: 32, secondsLeft: 2 })] },
      { kind: 'decoding', done: 4, total: 32, secondsLeft: 2 },
    ],
    ['writing', { jobs: [running('writing')] }, { kind: 'writing' }],
    [
      'paused',
      { jobs: [job({ kind: 'paused', progress: { stage: 'sample', done: 30, total: 60 }, failure: null })] },
      { kind: 'paused', detail: 'paused at 11/20' },
    ],
    ['reconnecting', { isReconnecting: true, lastRender: 'seed 42' }, { kind: 'reconnecting' }],
    ['a missing model', { missingModel: 'No model.', jobs: [done] }, { kind: 'model-missing', message: 'No model.' }],
    [
      'done',
      { jobs: [done], lastRender: 'older', outdated: null },
      { kind: 'done', summary: '32 frames, seed 42, in 0:31 on CPU', outdated: null },
    ],
    ['canceled', { jobs: [job({ kind: 'cancelled' })] }, { kind: 'cancelled', resumable: true }],
    [
      'canceled before anything was saved',
      { jobs: [job({ kind: 'cancelled' })], withoutProgress: new Set([1]) },
      { kind: 'cancelled', resumable: false },
    ],
    ['failed', { jobs: [failed('bad-model')] }, { kind: 'failed', message: 'Why.', resumable: false }],
    ['failed for now', { jobs: [failed('out-of-memory', 1)] }, { kind: 'failed', message: 'Why.', resumable: true }],
    ['crashed twice', { jobs: [failed('out-of-memory', 2)] }, { kind: 'failed', message: 'Why.', resumable: false }],
  ])('is right: %s', (_name, sources, state) => {
    const found = previewState({ ...READY, ...sources });
    expect(found).toEqual(state);
    expect(PreviewStateSchema.parse(found)).toEqual(state);
  });
});

describe('the job of a document', () => {
  const states = (...all: JobState[]) => all.map((state, i) => job(state, { id: i + 1 }));
  it('is the one that runs, else the first that waits, else the last that ended', () => {
    const cancelled = { kind: 'cancelled' } as const;
    const queued = { kind: 'queued' } as const;
    const loading = running('loading').state;
    expect(jobOfDocument(states(cancelled, queued, loading, cancelled), DOCUMENT)?.id).toBe(3);
    expect(jobOfDocument(states(cancelled, queued, queued, cancelled), DOCUMENT)?.id).toBe(2);
    expect(jobOfDocument(states(cancelled, cancelled), DOCUMENT)?.id).toBe(2);
    expect(jobOfDocument([], DOCUMENT)).toBeUndefined();
  });
});
