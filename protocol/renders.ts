import { z } from 'zod';
import { TravelPlan } from '../plan/plan.ts';
import { LogLine, RenderFailure, RenderProgress, RenderSuccess } from './engine.ts';

/*
 * The render service's messages: JSON-RPC over a local socket that only this user can open. All windows of an editor share
 * one service, and so one queue. Each message is validated by its receiver.
 */
export const RENDERS = {
  hello: 'renders/hello',
  submit: 'renders/submit',
  plan: 'renders/plan',
  change: 'renders/change',
  watch: 'renders/watch',
  retire: 'renders/retire',
  jobs: 'renders/jobs',
  event: 'renders/event',
} as const;

/** After so many crashes of the engine or the service, only a person starts a job again. */
export const MOST_CRASHES = 2;

/** What a job does, in the order in which it happens. */
export const RunningState = z.enum(['loading', 'sampling', 'decoding', 'writing']);
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
  z.strictObject({ kind: z.literal('failed'), failure: RenderFailure }),
]);
export type JobState = z.infer<typeof JobState>;

/** A job as all windows see it. */
export const JobInfo = z.strictObject({
  id: z.int().positive(),
  /** URI of the `.travel` file. */
  document: z.string(),
  /** Of the plan, as are the next three. */
  name: z.string(),
  /** `32 frames`, or the frames of a part of the clip. */
  frames: z.string(),
  /** That the sampler makes. */
  steps: z.int().positive(),
  seed: z.int().nonnegative(),
  state: JobState,
  /** How often the engine or the service stopped while the job ran. */
  crashes: z.int().nonnegative(),
});
export type JobInfo = z.infer<typeof JobInfo>;

/** Response: all jobs, in their order. */
export const Hello = z.strictObject({ version: z.string(), jobs: z.array(JobInfo) });
export type Hello = z.infer<typeof Hello>;

/** Request: put a plan into the queue. Response: the job's id. */
export const Submit = z.strictObject({
  document: z.string(),
  plan: TravelPlan,
  /** Continue an unfinished render of the same plan, if its progress was saved. */
  resume: z.boolean(),
});
export type Submit = z.infer<typeof Submit>;

/** Request: change a job. Nothing happens if the job is gone, or is not in a state for it. */
export const Change = z.strictObject({
  id: z.int().positive(),
  change: z.enum(['cancel', 'pause', 'stopHere', 'requeue', 'moveUp', 'remove']),
});
export type Change = z.infer<typeof Change>;

/** Notification: all jobs, whenever one of them changes, except for its progress. */
export const Jobs = z.array(JobInfo);

/** Request: send this window the pictures of whatever runs, or no longer. */
export const Watch = z.boolean();

/** A picture of a job that runs, for a window that watches. Its bytes are base64, because the socket carries JSON. */
export const JobPicture = z.discriminatedUnion('kind', [
  /** All frames after a step, in the order of the plan: 8-bit RGB `[frames, height, width, 3]`, an eighth of the size. */
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
