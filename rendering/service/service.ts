import { ErrorCodes, type MessageConnection, ResponseError } from 'vscode-jsonrpc/node';
import { onCpu, plansOf } from '../../plan/work.ts';
import { type RenderFailure, Watching } from '../../protocol/engine.ts';
import {
  Announce,
  Change,
  type Hello,
  isSetAside,
  type JobEvent,
  type JobInfo,
  type JobPicture,
  type JobState,
  MOST_CRASHES,
  Preferences,
  RENDERS,
  Submit,
} from '../../protocol/renders.ts';
import { hasEnded, type InitialState, isRunning, type Job } from '../queue.ts';
import { RenderQueue } from '../render-queue.ts';
import { describeWork } from '../render-text.ts';
import type { Renderer } from '../renderer.ts';
import type { Entry, JobStore, Submitted } from './job-store.ts';
import { type RenderTimes, showsResumed } from './render-times.ts';
import { Windows } from './windows.ts';

export interface RenderServiceOptions {
  readonly renderer: Renderer;
  readonly store: JobStore;
  /** Records how long renders take; absent: nobody does. */
  readonly times?: Pick<RenderTimes, 'add' | 'flush'>;
  /** Of the program. A window of another version ends the service and starts its own. */
  readonly version: string;
  /** Called when a job starts and none ran, when none runs any more, and when a window sends its preferences. */
  readonly onActivity: (activity: Activity) => void;
}

export interface Activity {
  readonly running: boolean;
  /** Of the window that sent them last; null until one has. */
  readonly preferences: Preferences | null;
}

interface ServiceJob extends Submitted {
  readonly key: string;
  /** How often the engine or the service stopped while it ran. */
  crashes: number;
  /** The crash that was counted last. */
  counted?: JobState;
  /** Whether a run continued an earlier one, so that its time is not that of a whole render. */
  resumed?: boolean;
  /** The end whose time was recorded. */
  timed?: JobState;
  /** The state that a window was told last. */
  seen?: JobState;
  /** The end that a window announces. */
  announced?: JobState;
}

/** Ended jobs that can be tried again. */
const MOST_ENDED = 20;

/**
 * The renders of all windows: one queue, which every connection sees and changes. Jobs that have not ended are on the
 * disk, so that the next service continues them.
 */
export class RenderService {
  readonly #options: RenderServiceOptions;
  readonly #queue = new RenderQueue((jobs) => this.#onChange(jobs));
  readonly #jobs = new Map<number, ServiceJob>();
  readonly #windows: Windows;
  #activity: Activity = { running: false, preferences: null };
  #stopping: Promise<void> | null = null;
  /** Called when nothing runs any more; null unless the service is stopping. */
  #onStopped: (() => void) | null = null;

  private constructor(options: RenderServiceOptions) {
    this.#options = options;
    this.#windows = new Windows((watching) => options.renderer.watch(watching));
  }

  /** A service that continues the jobs of the one before. */
  static async start(options: RenderServiceOptions): Promise<RenderService> {
    const service = new RenderService(options);
    for (const { resume, paused, running, announced, ...stored } of await options.store.load()) {
      const job: ServiceJob = { ...stored, crashes: stored.crashes + (running ? 1 : 0) };
      const state = initialState(job, paused);
      if (announced && state.kind === 'failed') job.announced = state;
      service.#submit(job, resume || running, state);
    }
    return service;
  }

  get connections(): number {
    return this.#windows.count;
  }

  /**
   * Answers a window.
   *
   * @param retire is called if the window asks the service to end
   */
  connect(connection: MessageConnection, retire: () => void): void {
    this.#windows.add(connection);
    connection.onRequest(RENDERS.hello, (): Hello => ({ version: this.#options.version, jobs: this.#infos() }));
    connection.onRequest(RENDERS.configure, (params: unknown) => {
      this.#report({ ...this.#activity, preferences: Preferences.parse(params) });
      // Only windows do this. They have just been told about all jobs.
      this.#markSeen();
    });
    connection.onRequest(RENDERS.submit, (params: unknown) => this.#add(params));
    connection.onRequest(RENDERS.plan, (id: unknown) => {
      const job = this.#jobs.get(Number(id));
      return job ? plansOf(job.work)[0] : null;
    });
    connection.onRequest(RENDERS.change, async (params: unknown) => {
      const { id, change } = Change.parse(params);
      const job = this.#queue.jobs.find((each) => each.id === id);
      if (!job || (change === 'remove' && !hasEnded(job.state))) return;
      if (change === 'continueOnCpu') return void (await this.#continueOnCpu(job));
      this.#queue[change](id);
      if (change === 'remove') this.#forget(id);
    });
    connection.onRequest(RENDERS.watch, (params: unknown) => this.#windows.watch(connection, Watching.parse(params)));
    connection.onRequest(RENDERS.announce, (params: unknown) => this.#announce(Announce.parse(params)));
    connection.onRequest(RENDERS.retire, retire);
    connection.listen();
  }

  /** Stops what runs. The next service continues it. May be called again. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#saveStopped();
    const stopped = new Promise<void>((resolve) => {
      this.#onStopped = resolve;
    });
    if (this.#queue.jobs.some(isRunning)) {
      this.#queue.pauseAll();
      await stopped;
    }
    await this.#options.store.flush();
    await this.#options.times?.flush();
  }

  #saveStopped(): void {
    this.#options.store.save(this.#entries().map((entry) => ({ ...entry, resume: true, running: false })));
  }

  /**
   * Queues a job that is on the disk, so that none is lost that a window believes to be queued.
   *
   * @throws ResponseError if it cannot be saved: its message reaches the user as it is
   */
  async #add(params: unknown): Promise<number> {
    const { resume, ...submitted } = Submit.parse(params);
    const { store } = this.#options;
    let key: string;
    try {
      key = await store.add(submitted, resume);
    } catch (error) {
      throw new ResponseError(ErrorCodes.InternalError, notQueued(error as NodeJS.ErrnoException));
    }
    if (this.#stopping) {
      // The window will be told that the service ended, so it tries again.
      this.#saveStopped();
      store.remove(key);
      throw new ResponseError(ErrorCodes.InternalError, 'The render service is ending. Try again.');
    }
    return this.#submit({ ...submitted, key, crashes: 0 }, resume);
  }

  async #continueOnCpu({ id, state }: Job): Promise<void> {
    const job = this.#jobs.get(id);
    if (!job || state.kind !== 'failed') return;
    const { document, work, note, open } = job;
    await this.#add({ document, work: onCpu(work), note, open, resume: true });
    this.#queue.remove(id);
    this.#forget(id);
  }

  #submit(job: ServiceJob, resume: boolean, state: InitialState = { kind: 'queued' }): number {
    const { id } = this.#queue.submit(
      job.work,
      this.#options.renderer,
      (event) => {
        switch (event.kind) {
          case 'waiting':
            break;
          case 'latents': {
            const rgb = Buffer.from(event.rgb).toString('base64');
            this.#windows.show(RENDERS.event, { id, ...event, rgb } satisfies JobPicture);
            break;
          }
          case 'preview':
          case 'frame': {
            const webp = Buffer.from(event.webp).toString('base64');
            this.#windows.show(RENDERS.event, { id, ...event, webp } satisfies JobPicture);
            break;
          }
          default:
            if (event.kind === 'progress' && showsResumed(event.progress)) job.resumed = true;
            this.#windows.tell(RENDERS.event, { id, ...event } satisfies JobEvent);
        }
      },
      { resume, state },
    );
    if (state.kind === 'failed') job.counted = state;
    this.#jobs.set(id, job);
    return id;
  }

  /** @returns true for the first window that asks, and for a job that is forgotten: twice is better than never */
  #announce(id: number): boolean {
    const [job, state] = [this.#jobs.get(id), this.#queue.jobs.find((each) => each.id === id)?.state];
    if (!job || !state) return true;
    // It may have been started again meanwhile.
    if (state.kind === 'queued' || isRunning({ state }) || job.announced === state) return false;
    job.announced = state;
    // The next service must know it.
    if (isSetAside({ state, crashes: job.crashes })) this.#options.store.save(this.#entries());
    return true;
  }

  #report(activity: Activity): void {
    this.#activity = activity;
    this.#options.onActivity(activity);
  }

  #onChange(jobs: readonly Job[]): void {
    const running = jobs.some(isRunning);
    if (running !== this.#activity.running) this.#report({ ...this.#activity, running });
    if (this.#onStopped) {
      if (!running) this.#onStopped();
      return;
    }
    for (const { id, state } of jobs) {
      this.#countCrash(id, state);
      this.#recordTime(id, state);
    }
    if (this.#windows.count > 0) this.#markSeen();
    this.#options.store.save(this.#entries());
    this.#windows.tell(RENDERS.jobs, this.#infos());
    this.#forgetOldest();
  }

  #infos(): JobInfo[] {
    return this.#queue.jobs.map(({ id, state }) => {
      const { document, work, note, open, crashes } = this.#jobs.get(id)!;
      return { id, document, ...describeWork(work), note, open, state, crashes };
    });
  }

  #entries(): Entry[] {
    return this.#queue.jobs
      .filter(({ id, state }) => !hasEnded(state) || this.#failedUnseen(id, state) || this.#isSetAside(id, state))
      .map((job) => {
        const { key, crashes, announced } = this.#jobs.get(job.id)!;
        const paused = job.state.kind === 'paused' || job.state.kind === 'failed';
        const entry = { key, resume: job.resume, paused, running: isRunning(job), crashes };
        return announced === job.state && isSetAside({ state: job.state, crashes })
          ? { ...entry, announced: true }
          : entry;
      });
  }

  #markSeen(): void {
    for (const { id, state } of this.#queue.jobs) this.#jobs.get(id)!.seen = state;
  }

  /** Such a job is paused in the next service, so that its failure is not lost. */
  #failedUnseen(id: number, state: JobState): boolean {
    return state.kind === 'failed' && this.#jobs.get(id)!.seen !== state;
  }

  /** Such a job stays, also in the next service, until a person removes it or starts it again. */
  #isSetAside(id: number, state: JobState): boolean {
    return isSetAside({ state, crashes: this.#jobs.get(id)!.crashes });
  }

  #countCrash(id: number, state: JobState): void {
    const job = this.#jobs.get(id)!;
    if (state.kind !== 'failed' || state.failure.kind !== 'engine-stopped' || job.counted === state) return;
    job.counted = state;
    job.crashes++;
  }

  #recordTime(id: number, state: JobState): void {
    const job = this.#jobs.get(id)!;
    if (state.kind !== 'done' || job.timed === state) return;
    job.timed = state;
    const isWhole = !job.resumed && state.result.stoppedAfter === undefined;
    if (isWhole && job.work.kind === 'clip') this.#options.times?.add(job.work.plan, state.result);
  }

  #forgetOldest(): void {
    const ended = this.#queue.jobs.filter(({ id, state }) => hasEnded(state) && !this.#isSetAside(id, state));
    for (const { id } of ended.slice(0, Math.max(0, ended.length - MOST_ENDED))) {
      this.#queue.remove(id);
      this.#forget(id);
    }
  }

  #forget(id: number): void {
    this.#options.store.remove(this.#jobs.get(id)!.key);
    this.#jobs.delete(id);
  }
}

function initialState({ crashes }: ServiceJob, paused: boolean): InitialState {
  if (crashes >= MOST_CRASHES) return { kind: 'failed', failure: SET_ASIDE, progress: null };
  return paused ? { kind: 'paused', progress: null, failure: null } : { kind: 'queued' };
}

function notQueued({ code, message }: NodeJS.ErrnoException): string {
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  if (isFull) return 'The render cannot be queued: the disk is full. Free some space and try again.';
  return `The render cannot be queued, because it cannot be saved in the cache folder: ${message}`;
}

const SET_ASIDE: RenderFailure = {
  ok: false,
  kind: 'engine-stopped',
  message: 'The engine or the render service stopped during this render. Its progress was saved.',
};
