import * as l10n from '@vscode/l10n';
import { type Disposable, EventEmitter, type LogOutputChannel, type TextDocument } from 'vscode';
import { messageOf } from '../../plan/message-of.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import { clipWork } from '../../plan/work.ts';
import type { ConvertRequest, ConvertResult } from '../../protocol/engine.ts';
import type { HostMessage } from '../../protocol/preview.ts';
import type { JobInfo } from '../../protocol/renders.ts';
import { hasEnded } from '../../rendering/queue.ts';
import { locale } from '../l10n.ts';
import type { RenderJobs } from '../render/jobs.ts';
import { thumbnail } from './clip-content.ts';
import type { FormerPlaces } from './former-places.ts';
import { PictureFeed } from './picture-feed.ts';
import type { PreviewServer } from './preview-server.ts';
import { jobOfDocument, type StateSources } from './preview-state.ts';
import { RenderList } from './render-list.ts';
import { playable, type RenderedFile, type RenderedFiles } from './rendered-files.ts';
import { ShownClips } from './shown-clips.ts';
import type { Stars } from './stars.ts';
import { watchRenders } from './watch-renders.ts';

/** What the renders of a document need. */
export interface RenderServices {
  readonly jobs: RenderJobs;
  readonly files: RenderedFiles;
  readonly server: PreviewServer;
  readonly stars: Stars;
  readonly formerPlaces: FormerPlaces;
  /** Whether progress of a plan was saved. */
  readonly hasProgress: (plan: TravelPlan) => Promise<boolean>;
  readonly convert: (request: ConvertRequest) => Promise<ConvertResult>;
  readonly log: LogOutputChannel;
}

/** The name in plans of a file's version in the last commit. Renders of it are not renders of the file. */
export const headName = (name: string): string => `${name} (HEAD)`;

/** Thumbnails are for the renders that a drawer shows first. */
const MOST_THUMBNAILS = 40;

/**
 * The renders of a previewed document: those that run, with their pictures, and those on the disk, with their clips.
 */
export class DocumentRenders implements Disposable {
  readonly clips: ShownClips;
  readonly list: RenderList;
  readonly services: RenderServices;
  readonly #document: TextDocument;
  readonly #name: string;
  readonly #post: (message: HostMessage) => void;
  readonly #pictures: PictureFeed;
  readonly #changed = new EventEmitter<void>();
  /** What `sources` gives has changed. */
  readonly onDidChange = this.#changed.event;
  /** Jobs whose end was noticed. */
  readonly #ended: Set<number>;
  /** Jobs whose clips are shown by whoever started them. */
  readonly #aside = new Set<number>();
  readonly #withoutProgress = new Set<number>();
  readonly #subscriptions: Disposable[];
  #folder: string | null = null;
  #watcher: Disposable | null = null;
  /** Frames per second of the text now. */
  #fps = 8;
  /** Renders whose thumbnail the page has. */
  #thumbnails = new Set<string>();
  #sent: string | null = null;

  /** @param name of the document, without folder and extension */
  constructor(document: TextDocument, name: string, services: RenderServices, post: (message: HostMessage) => void) {
    const { jobs, files, server, stars, log } = services;
    this.services = services;
    this.#document = document;
    this.#name = name;
    this.#post = post;
    this.clips = new ShownClips(post, () => this.#changed.fire());
    this.list = new RenderList(document, name, files, server, stars, log);
    this.#pictures = new PictureFeed(post);
    const ended = this.#ownJobs().filter(({ state }) => hasEnded(state));
    this.#ended = new Set(ended.map(({ id }) => id));
    for (const job of ended) this.#guard(this.#noteProgress(job), 'Saved progress cannot be looked for');
    this.#subscriptions = [
      jobs.onDidChange(() => this.#jobsChanged()),
      jobs.onPicture((picture) => {
        if (this.#ownJobs().some(({ id }) => id === picture.id)) this.#pictures.receive(picture);
      }),
      this.list.onDidChange(() => this.#listChanged()),
    ];
  }

  /** The job that a command of the page means. */
  get job(): JobInfo | undefined {
    return jobOfDocument(this.services.jobs.jobs, this.#document.uri.toString());
  }

  get outputFolder(): string | null {
    return this.#folder;
  }

  get sources(): Pick<StateSources, 'jobs' | 'lastRender' | 'outdated' | 'isReconnecting' | 'withoutProgress'> {
    const { jobs } = this.services;
    const { files } = this.list;
    // What is said of the clip is of the one that is shown.
    const shown = files.find(({ path }) => path === this.clips.a?.path) ?? files[0];
    const differences = shown && this.list.differencesOf(shown.path);
    return {
      // What has become of the last commit is not the state of the file.
      jobs: jobs.jobs.filter((job) => !(hasEnded(job.state) && this.#isOfHead(job))),
      isReconnecting: jobs.isReconnecting,
      withoutProgress: this.#withoutProgress,
      lastRender: shown ? renderText(shown) : null,
      outdated: differences ? differences.frames : [],
    };
  }

  /** The text was checked: its renders are in this folder. */
  checked(outputFolder: string | null, fps: number): void {
    this.#fps = fps;
    if (outputFolder === this.#folder) {
      this.list.compareSoon();
      return;
    }
    this.#folder = outputFolder;
    if (outputFolder !== null) {
      const noted = this.services.formerPlaces.note(this.#document.uri, outputFolder);
      this.#guard(noted, 'The output folder cannot be kept');
    }
    this.#watcher?.dispose();
    this.#watcher = outputFolder === null ? null : watchRenders(outputFolder, () => void this.rescan());
    void this.rescan();
  }

  /** Files may have come or gone. */
  async rescan(): Promise<void> {
    if (this.#folder !== null) await this.list.scan(this.#folder, this.services.formerPlaces.of(this.#document.uri));
  }

  /** Everything again, for a new page. */
  sendAll(): void {
    this.#thumbnails = new Set();
    this.#sent = null;
    this.#listChanged();
    this.#guard(this.clips.sendAll(), 'The clip cannot be shown');
    void this.rescan();
  }

  /**
   * Renders a plan whose clip is not shown by itself.
   * @returns the file to play; undefined if the render was canceled, failed or was lost, which is announced elsewhere
   */
  async renderAside(plan: TravelPlan): Promise<string | undefined> {
    const { jobs } = this.services;
    const id = await jobs.submit({ document: this.#document.uri.toString(), work: clipWork(plan), resume: true });
    this.#aside.add(id);
    const result = await jobs.ended(id);
    return result?.ok ? playable(result.files) : undefined;
  }

  show(side: 'a' | 'b', file: RenderedFile, label = clipLabel(file)): Promise<void> {
    return this.clips.show(side, { path: file.path, label, fps: file.fps ?? this.#fps });
  }

  dispose(): void {
    for (const each of this.#subscriptions) each.dispose();
    this.#watcher?.dispose();
    this.#pictures.dispose();
    this.list.dispose();
    this.#changed.dispose();
  }

  #ownJobs(): readonly JobInfo[] {
    const document = this.#document.uri.toString();
    return this.services.jobs.jobs.filter((job) => job.document === document);
  }

  #jobsChanged(): void {
    for (const job of this.#ownJobs()) {
      if (!hasEnded(job.state)) this.#ended.delete(job.id);
      else if (!this.#ended.has(job.id)) {
        this.#ended.add(job.id);
        this.#pictures.clear();
        this.#guard(this.#showResult(job), 'The clip cannot be shown');
        this.#guard(this.#noteProgress(job), 'Saved progress cannot be looked for');
      }
    }
    this.#changed.fire();
  }

  #isOfHead({ document, name }: JobInfo): boolean {
    return document === this.#document.uri.toString() && name === headName(this.#name);
  }

  async #showResult(job: JobInfo): Promise<void> {
    const { id, seed, state } = job;
    if (state.kind !== 'done' || this.#isOfHead(job)) return;
    const path = playable(state.result.files);
    if (path !== undefined && !this.#aside.has(id)) {
      const plan = await (await this.services.jobs.connect()).plan(id);
      await this.clips.show('a', { path, label: l10n.t('seed {0}', seed), fps: plan?.output.fps ?? this.#fps });
    }
    await this.rescan();
  }

  async #noteProgress({ id, state }: JobInfo): Promise<void> {
    if (state.kind !== 'cancelled') return;
    const plan = await (await this.services.jobs.connect()).plan(id);
    if (plan && !(await this.services.hasProgress(plan))) this.#withoutProgress.add(id);
    else this.#withoutProgress.delete(id);
    this.#changed.fire();
  }

  #listChanged(): void {
    const renders = this.list.clips;
    const now = JSON.stringify(renders);
    if (now !== this.#sent) {
      this.#sent = now;
      this.#post({ type: 'renders', renders });
      this.#guard(this.#sendThumbnails(), 'Thumbnails cannot be shown');
    }
    const [newest] = this.list.files;
    if (newest && !this.clips.a) this.#guard(this.show('a', newest), 'The clip cannot be shown');
    this.#changed.fire();
  }

  async #sendThumbnails(): Promise<void> {
    const sent = this.#thumbnails;
    for (const { path } of this.list.files.slice(0, MOST_THUMBNAILS)) {
      if (sent.has(path)) continue;
      sent.add(path);
      const picture = await thumbnail(path);
      // Meanwhile there may be another page.
      if (sent !== this.#thumbnails) return;
      if (picture) this.#post({ type: 'thumbnail', id: path, ...picture });
    }
  }

  #guard(work: Promise<void>, what: string): void {
    work.catch((error: unknown) => this.services.log.error(`${what}: ${messageOf(error)}`));
  }
}

const dateText = (date: number): string =>
  new Date(date).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' });

/** `seed 42, Nov 29, 2026, 1:12 AM, stopped after step 8 of 20` */
function renderText({ seed, date, stopped }: RenderedFile): string {
  return [...(seed === null ? [] : [l10n.t('seed {0}', seed)]), dateText(date), ...stoppedText(stopped)].join(', ');
}

/** `seed 42, stopped after step 8 of 20` */
function clipLabel({ seed, date, stopped }: RenderedFile): string {
  return [seed === null ? dateText(date) : l10n.t('seed {0}', seed), ...stoppedText(stopped)].join(', ');
}

export const stoppedText = (stopped: RenderedFile['stopped']): readonly string[] =>
  stopped ? [l10n.t('stopped after step {0} of {1}', stopped.after, stopped.of)] : [];
