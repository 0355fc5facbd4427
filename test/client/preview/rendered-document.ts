/** The renders of a document in a folder of its own, with a render service that a test controls. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';
import { DocumentRenders } from '../../../client/preview/document-renders.ts';
import { FormerPlaces, type RendersPlace } from '../../../client/preview/former-places.ts';
import type { RenderedFile } from '../../../client/preview/rendered-files.ts';
import { Stars } from '../../../client/preview/stars.ts';
import type { TravelPlan } from '../../../plan/plan.ts';
import { plansOf } from '../../../plan/work.ts';
import type { HostMessage } from '../../../protocol/preview.ts';
import type { JobInfo, JobPicture, JobState, Submit } from '../../../protocol/renders.ts';
import { planOf } from '../../rendering/plans.ts';
import { documentAt, EventEmitter, fake, memento } from '../vscode.ts';
import { log, TestServer } from './services.ts';

export const DOCUMENT = 'file:///clips/fox.travel';
const timings = { total: 31, load: 0, encode: 0, sample: 0, decode: 0, write: 0, runtime: 0 };

/** The render service of a window; a job ends when the test says so. */
export class TestJobs {
  jobs: JobInfo[] = [];
  isReconnecting = false;
  readonly plans: TravelPlan[] = [];
  readonly changed = new EventEmitter<readonly JobInfo[]>();
  readonly pictures = new EventEmitter<JobPicture>();
  readonly onDidChange = this.changed.event;
  readonly onPicture = this.pictures.event;

  async submit({ document, work }: Submit): Promise<number> {
    const plan = plansOf(work)[0]!;
    this.plans.push(plan);
    const id = this.plans.length;
    this.set(id, { kind: 'loading', progress: null, stopping: null }, document, plan.sampling.seed, plan.name);
    return id;
  }
  get cacheFolder(): string {
    return join(folder, 'cache');
  }
  set(id: number, state: JobState, document = DOCUMENT, seed = 42, name = 'fox'): void {
    const job = {
      id,
      document,
      name,
      extent: { kind: 'frames', count: 32 },
      steps: 20,
      seed,
      crashes: 0,
      note: '',
      open: 'preview',
      state,
    } as const;
    this.jobs = [...this.jobs.filter((each) => each.id !== id), job];
    this.changed.fire(this.jobs);
  }
  done(id: number, ...files: string[]): void {
    const known = this.jobs.find((job) => job.id === id);
    const { document, seed, name } = known ?? { document: DOCUMENT, seed: 42, name: 'fox' };
    this.set(id, { kind: 'done', result: { ok: true, files, timings, device: 'CPU' } }, document, seed, name);
  }
  async ended(id: number) {
    const result = () =>
      this.jobs.flatMap((job) => (job.id === id && job.state.kind === 'done' ? [job.state.result] : []));
    while (result().length === 0) await new Promise<void>((resolve) => this.changed.event(() => resolve()));
    return result()[0];
  }
  async connect() {
    return { plan: async () => ({ ...planOf(), output: { ...planOf().output, fps: 12 } }) };
  }
  readonly changes: [number, string][] = [];
  async change(id: number, change: string): Promise<void> {
    this.changes.push([id, change]);
  }
}

/** Of the renders; another one in each test. */
export let folder = '';
beforeEach(async () => {
  fake.reset();
  log.error.mockClear();
  folder = await mkdtemp(join(tmpdir(), 'renders-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Writes a file that has its name as content. */
export const write = async (name: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, name);
  return path;
};

export const fileOf = (path: string, changes: Partial<RenderedFile> = {}): RenderedFile => ({
  path,
  paths: [path],
  name: 'render',
  date: 1000,
  source: 'a fox',
  seed: 42,
  fps: 8,
  stopped: null,
  ...changes,
});

export function setUp(found: RenderedFile[] = []) {
  const document = documentAt('/clips/fox.travel');
  const jobs = new TestJobs();
  const server = new TestServer();
  const posted: HostMessage[] = [];
  const looked: (readonly RendersPlace[])[] = [];
  const files = {
    async *find(places: readonly RendersPlace[]) {
      looked.push(places);
      // As it is done: the newest one soon, then all.
      if (found.length > 0) yield { files: found.slice(0, 1), isAll: false };
      yield { files: [...found], isAll: true };
    },
    stopped: async () => null,
  };
  const stars = new Stars(memento() as never);
  const converted: unknown[] = [];
  const lost: string[] = [];
  const convert = async (request: { readonly base: string }) => {
    converted.push(request);
    return { ok: true, files: [`${request.base}.mp4`], lost: [...lost] };
  };
  const saved = new Set<TravelPlan>();
  const hasProgress = async () => saved.size > 0;
  const formerPlaces = new FormerPlaces(memento() as never);
  const services = { jobs, files, server, stars, formerPlaces, hasProgress, convert, log } as never;
  const renders = new DocumentRenders(document as never, 'fox', services, (message) => posted.push(message));
  const of = <T extends HostMessage['type']>(type: T) =>
    posted.filter((message): message is Extract<HostMessage, { type: T }> => message.type === type);
  /** Waits for the next message of a type. */
  const next = async <T extends HostMessage['type']>(type: T, count = 1) => {
    await vi.waitUntil(() => of(type).length >= count);
    return of(type)[count - 1]!;
  };
  return { looked, formerPlaces, converted, lost, saved, document, jobs, server, posted, found, renders, of, next };
}
