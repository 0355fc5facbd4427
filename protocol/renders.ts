import { z } from 'zod';
import { Work } from '../plan/work.ts';
import { LogLine, RenderFailure, RenderProgress, RenderSuccess } from './engine.ts';

/*
 * The render service's messages: JSON-RPC over a local socket that only this user can open. All windows of an editor
 * share one service, and so one queue. Each message is validated by its receiver.
 */
export const RENDERS = {
  hello: 'renders/hello',
  configure: 'renders/configure',
  submit: 'renders/submit',
  plan: 'renders/plan',
  change: 'renders/change',
  /** Request: `Watching`. */
  watch: 'renders/watch',
  announce: 'renders/announce',
  retire: 'renders/retire',
  jobs: 'renders/jobs',
  event: 'renders/event',
} as const;

/** After so many crashes of the engine or the service, only a person starts a job again. */
export const MOST_CRASHES = 2;

/** What a job does, in the order in which it happens. */
export const RunningState = z.enum(['loading', 'sampling', 'decoding', 'interpolating', 'writing']);
export type RunningState = z.infer<typeof RunningState>;

export const JobState = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('queued') }),
  z.strictObject({
    kind: RunningState,
    /** null until the renderer reports something. */
    progress: RenderProgress.nullable(),
    /** What was requested: `done` is the end after the step that is being made, with what there is. */
    stopping: z.enum(['cancelled', 'paused', 'done']).nullable(),
  }),
  z.strictObject({
    kind: z.literal('paused'),
    /** Where it stopped; null if it had not started. */
    progress: RenderProgress.nullable(),
    /** Why it cannot go on for now; null: a person paused it. */
    failure: RenderFailure.nullable(),
  }),
  z.strictObject({ kind: z.literal('done'), result: RenderSuccess }),
  z.strictObject({ kind: z.literal('cancelled') }),
  z.strictObject({
    kind: z.literal('failed'),
    failure: RenderFailure,
    /** Where it stopped; null if the renderer had reported nothing. */
    progress: RenderProgress.nullable(),
  }),
]);
export type JobState = z.infer<typeof JobState>;

/** What the message at the end offers: the preview of the document, or the first file; `beside` opens that file. */
export const OpenFiles = z.enum(['preview', 'file', 'beside']);
export type OpenFiles = z.infer<typeof OpenFiles>;

/** What a work renders: frames of a clip, by their number or by their place in it, or the clips of a sheet. */
export const Extent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('frames'), count: z.int().positive() }),
  /** The first and the last frame, 0-based. */
  z.strictObject({ kind: z.literal('part'), first: z.int().nonnegative(), last: z.int().nonnegative() }),
  z.strictObject({ kind: z.literal('clips'), count: z.int().positive() }),
]);
export type Extent = z.infer<typeof Extent>;

/** A job as all windows see it. */
export const JobInfo = z.strictObject({
  id: z.int().positive(),
  /** URI of the `.travel` file. */
  document: z.string(),
  /** Of the work, as are the next three. */
  name: z.string(),
  extent: Extent,
  /** That the sampler makes, for all clips. */
  steps: z.int().positive(),
  /** Of the first clip. */
  seed: z.int().nonnegative(),
  /** What to add to the message at the end, in whole sentences; empty: nothing. */
  note: z.string(),
  open: OpenFiles,
  state: JobState,
  /** How often the engine or the service stopped while the job ran. */
  crashes: z.int().nonnegative(),
});
export type JobInfo = z.infer<typeof JobInfo>;

/** Whether the engine or the service stopped too often during a job, so that only a person starts it again. */
export function isSetAside({ state, crashes }: Pick<JobInfo, 'state' | 'crashes'>): boolean {
  return state.kind === 'failed' && state.failure.kind === 'engine-stopped' && crashes >= MOST_CRASHES;
}

/** Response: all jobs, in their order. */
export const Hello = z.strictObject({ version: z.string(), jobs: z.array(JobInfo) });
export type Hello = z.infer<typeof Hello>;

/** What becomes of the renders when the last window is closed. */
export const WhenClosed = z.enum([
  /** They stop, and go on when a window opens. */
  'stop',
  'keepRendering',
]);

/**
 * Request: what the user has set, as a window sends it when it connects and after each change. Windows of several
 * installations of the editor may have other settings: the request that came last counts.
 */
export const Preferences = z.strictObject({
  /** Keep the computer awake while a job runs. */
  keepAwake: z.boolean(),
  whenClosed: WhenClosed,
  /** Of the renders that start from now on; null: as many as the system offers. */
  threads: z.int().positive().nullable(),
  /** Memory of the GPU in bytes; absent: as it is detected. */
  gpuMemory: z.number().positive().optional(),
  /** Absolute path of ffmpeg; absent: it is looked for. */
  ffmpeg: z.string().min(1).optional(),
});
export type Preferences = z.infer<typeof Preferences>;

/** Request: put work into the queue. Response: the job's id. */
export const Submit = z.strictObject({
  document: z.string(),
  work: Work,
  /** Continue an unfinished render of the same work, if its progress was saved. */
  resume: z.boolean(),
  note: JobInfo.shape.note.default(''),
  open: OpenFiles.default('preview'),
});
type WithDefault = 'note' | 'open';
export type Submit = Omit<z.infer<typeof Submit>, WithDefault> & Partial<Pick<z.infer<typeof Submit>, WithDefault>>;

/** Request: change a job. Nothing happens if the job is gone, or is not in a state for it. */
export const Change = z.strictObject({
  id: z.int().positive(),
  /** `continueOnCpu`: what failed on a GPU becomes a new job at the end of the queue. */
  change: z.enum(['cancel', 'pause', 'stopHere', 'requeue', 'moveUp', 'remove', 'continueOnCpu']),
});
export type Change = z.infer<typeof Change>;

/**
 * Request: announce the end of a job, or why it was paused. Response: whether this window does so, because no other one
 * asked before it. A window that is gone never asks, so no end is lost.
 */
export const Announce = z.int().positive();

/** Notification: all jobs, whenever one of them changes, except for its progress. */
export const Jobs = z.array(JobInfo);

/** A picture of a job that runs, for a window that watches. Its bytes are base64, because the socket carries JSON. */
export const JobPicture = z.discriminatedUnion('kind', [
  /**
   * All frames after a step, in the order of the plan: 8-bit RGB `[frames, height, width, 3]`, an eighth of the size.
   */
  z.strictObject({
    kind: z.literal('latents'),
    id: z.int().positive(),
    /** 1-based. */
    step: z.int().positive(),
    frames: z.int().positive(),
    width: z.int().positive(),
    height: z.int().positive(),
    rgb: z.string(),
  }),
  /** A frame after a step, decoded by a small network, as a WebP picture. */
  z.strictObject({
    kind: z.literal('preview'),
    id: z.int().positive(),
    /** 0-based, in the whole clip. */
    frame: z.int().nonnegative(),
    webp: z.string(),
  }),
  /** A decoded frame, as a WebP picture. */
  z.strictObject({
    kind: z.literal('frame'),
    id: z.int().positive(),
    /** 0-based, in the whole clip. */
    frame: z.int().nonnegative(),
    webp: z.string(),
  }),
]);
export type JobPicture = z.infer<typeof JobPicture>;

/** Notification: what a job reports while it runs. */
export const JobEvent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('progress'), id: z.int().positive(), progress: RenderProgress }),
  z.strictObject({ kind: z.literal('log'), id: z.int().positive(), ...LogLine.shape }),
  ...JobPicture.options,
]);
export type JobEvent = z.infer<typeof JobEvent>;
