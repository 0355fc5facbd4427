import { isDeepStrictEqual } from 'node:util';
import { type Disposable, EventEmitter, type LogOutputChannel } from 'vscode';
import { messageOf } from '../../plan/message-of.ts';
import type { RenderResult, Watching } from '../../protocol/engine.ts';
import type { Change, JobEvent, JobInfo, JobPicture, JobState, Submit } from '../../protocol/renders.ts';
import { hasEnded, isRunning, stateAt } from '../../rendering/queue.ts';
import { describeWork } from '../../rendering/render-text.ts';
import { CANCELLED } from '../../rendering/renderer.ts';
import { ServiceClient, type ServiceClientOptions } from '../../rendering/service/client.ts';
import { preferences } from './preferences.ts';

/** What a window asks of the render service. */
export type Service = Pick<
  ServiceClient,
  'configure' | 'announce' | 'submit' | 'change' | 'plan' | 'watch' | 'dispose'
>;

export type Connect = (
  options: ServiceClientOptions,
  listener: Parameters<typeof ServiceClient.connect>[1],
) => Promise<Service>;

/**
 * The renders of all windows, as this one sees them. The service is started by the first render, and found again after
 * a reload.
 */
export class RenderJobs implements Disposable {
  readonly #options: ServiceClientOptions;
  readonly #log: LogOutputChannel;
  readonly #connect: Connect;
  #service: Promise<Service> | null = null;
  #jobs: readonly JobInfo[] = [];
  readonly #changed = new EventEmitter<readonly JobInfo[]>();
  /** All jobs, whenever one of them changes or makes progress. */
  readonly onDidChange = this.#changed.event;
  readonly #picture = new EventEmitter<JobPicture>();
  /** Pictures of the job that runs, while this window watches. */
  readonly onPicture = this.#picture.event;
  #watching: Watching = null;
  #reconnecting = false;
  /** Jobs of the running service that this window submitted. */
  readonly #submitted = new Set<number>();

  constructor(options: ServiceClientOptions, log: LogOutputChannel, connect: Connect = ServiceClient.connect) {
    this.#options = options;
    this.#log = log;
    this.#connect = connect;
  }

  /** In the order of the queue. */
  get jobs(): readonly JobInfo[] {
    return this.#jobs;
  }

  /** Whether the service was lost while jobs had not ended, and is being started again. */
  get isReconnecting(): boolean {
    return this.#reconnecting;
  }

  /** Absolute. */
  get cacheFolder(): string {
    return this.#options.cacheFolder;
  }

  get isConnected(): boolean {
    return this.#service !== null;
  }

  /**
   * A job when it does not run any more; undefined if the service is lost before.
   * @param onProgress called now and whenever it makes progress
   */
  stopped(id: number, onProgress: (job: JobInfo) => void = () => undefined): Promise<JobInfo | undefined> {
    return new Promise((resolve) => {
      const check = () => {
        const job = this.#jobs.find((each) => each.id === id);
        if (job && isRunning(job)) return onProgress(job);
        subscription.dispose();
        resolve(job);
      };
      const subscription = this.onDidChange(check);
      check();
    });
  }

  /** Resolves when the service was started again after it was lost, or cannot be. */
  reconnected(): Promise<void> {
    return this.#until(() => !this.#reconnecting);
  }

  /** How a job ends; undefined if the service is lost before. */
  ended(id: number): Promise<RenderResult | undefined> {
    return new Promise((resolve) => {
      const check = () => {
        const job = this.#jobs.find((each) => each.id === id);
        if (job && !hasEnded(job.state)) return;
        subscription.dispose();
        resolve(job && resultOf(job.state));
      };
      const subscription = this.onDidChange(check);
      check();
    });
  }

  /** @throws Error if the service cannot be started */
  async connect(): Promise<Service> {
    this.#service ??= this.#open();
    try {
      return await this.#service;
    } catch (error) {
      this.#service = null;
      throw error;
    }
  }

  /** Tells the service what the user has set, if it runs. It is told again whenever this window connects. */
  async configure(): Promise<void> {
    await (await this.#service)?.configure(preferences());
  }

  /** Puts work at the end of the queue. @returns the job's id. @throws Error if the service cannot be started */
  async submit(submit: Submit): Promise<number> {
    const service = await this.connect();
    const id = await service.submit(submit);
    this.#submitted.add(id);
    if (submit.note) this.#log.info(`${describeWork(submit.work).name}: ${submit.note}`);
    // The job comes with the next notification, and its end can be awaited only then.
    await this.#until((jobs) => jobs.some((job) => job.id === id));
    return id;
  }

  async change(id: number, change: Change['change']): Promise<void> {
    await (await this.connect()).change(id, change);
  }

  /** Whether this window submitted a job, since it was loaded. */
  hasSubmitted(id: number): boolean {
    return this.#submitted.has(id);
  }

  /** Whether this window, and no other, announces the end of a job. Without a service, every window does. */
  async announces(id: number): Promise<boolean> {
    try {
      return (await (await this.#service)?.announce(id)) ?? true;
    } catch (error) {
      this.#log.info(`Another window may announce a render, too: ${messageOf(error)}`);
      return true;
    }
  }

  /** Whether a preview shows what runs. */
  get isWatching(): boolean {
    return this.#watching !== null;
  }

  /** Which pictures of what runs this window gets. */
  async watch(watching: Watching): Promise<void> {
    if (isDeepStrictEqual(watching, this.#watching)) return;
    this.#watching = watching;
    await (await this.#service)?.watch(watching);
  }

  /** Renders go on for a few seconds, in case the window reloads. */
  dispose(): void {
    this.#service?.then(
      (service) => service.dispose(),
      () => undefined,
    );
    this.#changed.dispose();
    this.#picture.dispose();
  }

  async #open(): Promise<Service> {
    const service = await this.#connect(this.#options, {
      onJobs: (jobs) => this.#become(jobs),
      onEvent: (event) => this.#onEvent(event),
      onLost: () => this.#onLost(),
    });
    await service.configure(preferences());
    if (this.#watching !== null) await service.watch(this.#watching);
    return service;
  }

  #until(condition: (jobs: readonly JobInfo[]) => boolean): Promise<void> {
    if (condition(this.#jobs)) return Promise.resolve();
    return new Promise((resolve) => {
      const subscription = this.onDidChange((jobs) => {
        if (!condition(jobs)) return;
        subscription.dispose();
        resolve();
      });
    });
  }

  #become(jobs: readonly JobInfo[]): void {
    this.#jobs = jobs;
    this.#changed.fire(jobs);
  }

  #onEvent(event: JobEvent): void {
    if (event.kind === 'log') {
      if (event.level === 'warning') this.#log.warn(event.line);
      else this.#log.info(event.line);
      return;
    }
    if (event.kind !== 'progress') {
      this.#picture.fire(event);
      return;
    }
    const { id, progress } = event;
    this.#become(this.#jobs.map((job) => (job.id === id ? { ...job, state: stateAt(job.state, progress) } : job)));
  }

  /** Another window may have started a newer version, or someone killed it: its jobs are on the disk. */
  #onLost(): void {
    this.#service = null;
    // The next service counts from 1 again.
    this.#submitted.clear();
    const unfinished = this.#jobs.some(({ state }) => !hasEnded(state));
    this.#log.info('The render service has ended.');
    this.#reconnecting = unfinished;
    this.#become([]);
    if (!unfinished) return;
    this.connect()
      .catch((error: Error) => this.#log.error(`Renders cannot be continued: ${error.message}`))
      .finally(() => {
        this.#reconnecting = false;
        this.#changed.fire(this.#jobs);
      });
  }
}

function resultOf(state: JobState): RenderResult {
  if (state.kind === 'done') return state.result;
  return state.kind === 'failed' ? state.failure : CANCELLED;
}
