import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RendersPlace } from '../../../client/preview/former-places.ts';
import type { RenderedFile } from '../../../client/preview/rendered-files.ts';
import type { TravelPlan } from '../../../plan/plan.ts';
import { plansOf } from '../../../plan/work.ts';
import type { HostMessage } from '../../../protocol/preview.ts';
import type { JobInfo, JobPicture, JobState, Submit } from '../../../protocol/renders.ts';
import { planOf } from '../../rendering/plans.ts';
import { documentAt, EventEmitter, env, fake, l10n, memento, Uri, window } from '../vscode.ts';
import { log, settled, TestServer } from './services.ts';

vi.mock('vscode', () => import('../vscode.ts'));
const { DocumentRenders } = await import('../../../client/preview/document-renders.ts');
const { FormerPlaces } = await import('../../../client/preview/former-places.ts');
const { compareWithHead } = await import('../../../client/preview/head-comparison.ts');
const { actOnRender } = await import('../../../client/preview/render-actions.ts');
const { Stars } = await import('../../../client/preview/stars.ts');

const DOCUMENT = 'file:///clips/fox.travel';
const timings = { total: 31, load: 0, encode: 0, sample: 0, decode: 0, write: 0, runtime: 0 };

/** The render service of a window; a job ends when the test says so. */
class TestJobs {
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

let folder = '';
beforeEach(async () => {
  fake.reset();
  log.error.mockClear();
  folder = await mkdtemp(join(tmpdir(), 'renders-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = async (name: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, name);
  return path;
};

const fileOf = (path: string, changes: Partial<RenderedFile> = {}): RenderedFile => ({
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

function setUp(found: RenderedFile[] = []) {
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
  const convert = async (request: { readonly base: string }) => {
    converted.push(request);
    return { ok: true, files: [`${request.base}.mp4`] };
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
  return { looked, formerPlaces, converted, saved, document, jobs, server, posted, found, renders, of, next };
}

describe('the renders of a document', () => {
  it('are listed with what differs from the text; the newest is played', async () => {
    const path = await write('a.webp');
    const { renders, of, next } = setUp([fileOf(path)]);
    renders.checked(folder, 8);
    expect(await next('renders')).toMatchObject({ renders: [{ id: path, seed: 42, starred: false }] });
    expect(await next('clip')).toMatchObject({ side: 'a', id: path, label: 'seed 42', content: { fps: 8 } });
    expect((await next('renders', 2)).renders[0]).toMatchObject({ differences: ['steps 20 → 30'] });
    expect(renders.sources).toMatchObject({ lastRender: expect.stringMatching(/^seed 42, ./), outdated: [1] });
    expect(of('clip')).toHaveLength(1);
    expect((await next('thumbnail')).image).toEqual(new TextEncoder().encode('a.webp'));
  });

  it('of a job that ends are played at once, and its pictures are dropped', async () => {
    const { jobs, next, found, renders, of } = setUp();
    renders.checked(folder, 8);
    const path = await write('b.webp');
    found.push(fileOf(path));
    jobs.set(1, { kind: 'sampling', progress: null, stopping: null });
    const picture = { kind: 'latents', id: 1, frames: 1, width: 1, height: 1, rgb: btoa('abc') } as const;
    jobs.pictures.fire({ ...picture, step: 1 });
    jobs.pictures.fire({ ...picture, id: 7, step: 2 });
    expect(of('latents')).toHaveLength(1);
    jobs.done(1, join(folder, 'b.mp4'), path);
    expect(await next('clip')).toMatchObject({ side: 'a', id: path, content: { fps: 12 } });
    expect(await next('renders', 2)).toMatchObject({ renders: [{ id: path }] });
  });

  it('that ended before the preview was opened are not played as new', async () => {
    const { jobs, of, next, document, server } = setUp();
    jobs.done(1, '/gone.webp');
    await next('clip');
    const later = new DocumentRenders(
      document as never,
      'fox',
      { jobs, files: {}, server, stars: new Stars(memento() as never), log } as never,
      () => undefined,
    );
    jobs.changed.fire(jobs.jobs);
    await settled();
    expect(later.clips.a).toBeNull();
    expect(of('clip')).toHaveLength(1);
  });

  it('can be resumed after a cancellation if progress was saved', async () => {
    const { jobs, renders, saved } = setUp();
    jobs.set(1, { kind: 'cancelled' });
    await vi.waitUntil(() => renders.sources.withoutProgress.has(1));
    saved.add(planOf());
    jobs.set(1, { kind: 'queued' });
    jobs.set(1, { kind: 'cancelled' });
    await vi.waitUntil(() => !renders.sources.withoutProgress.has(1));
  });

  it('appear when others make them, and disappear when they are deleted', async () => {
    const { renders, next, found, of } = setUp();
    renders.checked(folder, 8);
    const watcher = fake.watchers.get(`${folder}/**/*.{webp,gif,png,mp4,webm}`)!;
    const path = await write('a.webp');
    found.push(fileOf(path));
    watcher.changed.fire(Uri.file(path) as never);
    expect((await next('clip')).id).toBe(path);
    found.length = 0;
    watcher.changed.fire(Uri.file(path) as never);
    await vi.waitUntil(() => of('renders').at(-1)!.renders.length === 0);
    renders.checked(join(folder, 'other'), 8);
    expect(watcher.isDisposed).toBe(true);
    renders.dispose();
    expect([...fake.watchers.values()].map(({ isDisposed }) => isDisposed)).toEqual([true, true]);
  });

  it('stay listed while newer ones are looked for, so that they keep their thumbnails', async () => {
    const [old, older] = [await write('a.webp'), await write('b.webp')];
    const { renders, of, found } = setUp([fileOf(old), fileOf(older)]);
    renders.checked(folder, 8);
    await vi.waitUntil(() => of('renders').at(-1)?.renders.length === 2);
    const before = of('renders').length;
    const newest = await write('c.webp');
    found.unshift(fileOf(newest));
    await renders.rescan();
    const lists = of('renders').slice(before);
    expect(lists.at(-1)!.renders.map(({ id }) => id)).toEqual([newest, old, older]);
    for (const { renders: listed } of lists)
      expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining([old, older]));
  });

  it('are not listed any more when all but the newest are deleted', async () => {
    const [newest, old] = [await write('a.webp'), await write('b.webp')];
    const { renders, of, found } = setUp([fileOf(newest), fileOf(old)]);
    renders.checked(folder, 8);
    await vi.waitUntil(() => of('renders').at(-1)?.renders.length === 2);
    found.length = 1;
    await renders.rescan();
    expect(
      of('renders')
        .at(-1)!
        .renders.map(({ id }) => id),
    ).toEqual([newest]);
  });

  it('are also looked for where the file had them before VS Code renamed it', async () => {
    const { renders, formerPlaces, document, looked, next } = setUp();
    await formerPlaces.note(Uri.file('/clips/kit.travel') as never, '/clips/renders/kit');
    const files = [{ oldUri: Uri.file('/clips/kit.travel'), newUri: document.uri }];
    await formerPlaces.renamed({ files } as never, 1000);
    renders.checked(folder, 8);
    await next('renders');
    expect(looked[0]).toEqual([
      { folder, name: 'fox', until: null },
      { folder: '/clips/renders/kit', name: 'kit', until: 1000 },
    ]);
    expect(formerPlaces.of(document.uri as never)).toHaveLength(1);
  });

  it('have dates in the language of their texts', async () => {
    l10n.bundle = {};
    env.language = 'ja';
    const { renders, next } = setUp([fileOf(await write('a.webp'))]);
    renders.checked(folder, 8);
    await next('renders');
    expect(renders.sources.lastRender).toMatch(/1970[年/]0?1[月/]0?1/);
    l10n.bundle = undefined;
    env.language = 'en';
  });

  it('that were stopped early are not shown as whole ones', async () => {
    const { renders, next } = setUp([fileOf(await write('a.webp'), { stopped: { after: 8, of: 20 } })]);
    renders.checked(folder, 8);
    expect(await next('renders')).toMatchObject({ renders: [{ stopped: { after: 8, of: 20 } }] });
    expect((await next('clip')).label).toBe('seed 42, stopped after step 8 of 20');
    expect(renders.sources.lastRender).toMatch(/, stopped after step 8 of 20$/);
  });

  it('are sent again to a new page', async () => {
    const { renders, next, of } = setUp([fileOf(await write('a.webp'))]);
    renders.checked(folder, 8);
    await next('clip');
    renders.sendAll();
    await next('clip', 2);
    await next('thumbnail', 2);
    expect(of('renders').length).toBeGreaterThanOrEqual(2);
  });
});

describe('a finished render', () => {
  async function withRender(changes: Partial<RenderedFile> = {}) {
    const path = await write('a.webp');
    const all = setUp([fileOf(path, changes)]);
    all.renders.checked(folder, 8);
    await all.next('clip');
    const act = (action: Parameters<typeof actOnRender>[3]) =>
      actOnRender(all.renders, all.document as never, path, action);
    return { ...all, path, act };
  }

  it('is compared, and no longer', async () => {
    const { act, next, renders, path } = await withRender();
    await act('compare');
    expect(await next('clip', 2)).toMatchObject({ side: 'b', id: path });
    renders.clips.clearCompare();
    expect(await next('clearCompare')).toBeDefined();
  });

  it('gets a star and loses it', async () => {
    const { act, of } = await withRender();
    await act('star');
    expect(of('renders').at(-1)!.renders[0]!.starred).toBe(true);
    await act('star');
    expect(of('renders').at(-1)!.renders[0]!.starred).toBe(false);
  });

  it('is moved to the trash with all its files, if the user agrees', async () => {
    const { act, path, found } = await withRender({ paths: [join(folder, 'a.webp'), join(folder, 'a.mp4')] });
    await act('delete');
    expect(fake.deleted).toEqual([]);
    fake.answers.push('Move to Trash');
    found.length = 0;
    await act('delete');
    expect(fake.deleted).toEqual([path, join(folder, 'a.mp4')]);
  });

  it('is deleted permanently where there is no trash, if the user agrees to that, too', async () => {
    fake.hasTrash = false;
    const { act, path } = await withRender();
    fake.answers.push('Move to Trash');
    await act('delete');
    expect(fake.deleted).toEqual([]);
    fake.answers.push('Move to Trash', 'Delete Permanently');
    await act('delete');
    expect(fake.deleted).toEqual([path]);
  });

  it('is rendered again: the same source, the same seed', async () => {
    const { act, jobs, server } = await withRender();
    await act('renderAgain');
    expect(server.asked.at(-1)).toEqual(['plan', { kind: 'text', text: 'a fox', seed: 42 }]);
    expect(jobs.plans[0]).toMatchObject({ source: 'a fox', sampling: { seed: 42 } });
  });

  it('is not rendered again without its seed', async () => {
    const { act } = await withRender({ seed: null });
    await expect(act('renderAgain')).rejects.toThrow('The seed of render is not known.');
  });

  it('is saved in another format, played in another way', async () => {
    const { act, converted, path } = await withRender();
    fake.picks.push('MP4', 'Backward');
    fake.saveDialog = Uri.file('/videos/fox.final.mp4') as never;
    fake.answers.push('Show in Folder');
    await act('saveAs');
    const request = { path, base: '/videos/fox.final', formats: ['mp4'], fps: null, loop: null, reverse: true };
    expect(converted).toEqual([request]);
    expect(fake.messages.at(-1)!.text).toBe('Saved as /videos/fox.final.mp4.');
    expect(fake.executed).toEqual(['revealFileInOS']);
  });

  it('is not saved if one of the questions is not answered', async () => {
    const { act, converted } = await withRender();
    await act('saveAs');
    fake.picks.push('GIF');
    await act('saveAs');
    fake.picks.push('GIF', 'As It Is');
    await act('saveAs');
    expect(converted).toEqual([]);
  });

  it('has its source in an untitled file', async () => {
    const { act } = await withRender();
    await act('openSource');
    expect(window.activeTextEditor?.document).toMatchObject({ languageId: 'travel', text: 'a fox', isUntitled: true });
  });
});

describe('comparing with HEAD', () => {
  const git = (show: (revision: string, path: string) => Promise<string>) => ({
    getAPI: () => ({ getRepository: () => ({ show }) }),
  });
  const compare = ({ renders, document, server }: ReturnType<typeof setUp>) =>
    compareWithHead({ renders, document, name: 'fox' } as never, server as never);

  it('says what changed, renders both with the same seed, and plays them side by side', async () => {
    fake.git = git(async (revision, path) => `${revision} of ${path}`);
    const all = setUp();
    const compared = compare(all);
    await vi.waitUntil(() => all.jobs.plans.length === 2);
    expect(all.jobs.plans.map(({ name, source, sampling }) => [name, source, sampling.seed])).toEqual([
      ['fox', 'now', 5],
      ['fox (HEAD)', 'HEAD of /clips/fox.travel', 5],
    ]);
    // A render of the last commit is not one of the file: it is not among its renders, also after a reload.
    const { base, formats } = all.jobs.plans[1]!.output;
    expect([base.startsWith(join(folder, 'cache', 'previews')), formats]).toEqual([true, ['webp']]);
    expect(fake.messages[0]!.text).toBe('Changed in fox since HEAD: steps 20 → 30. Both are rendered with seed 5.');
    all.jobs.done(1, await write('now.webp'));
    await all.next('clip');
    // A render that nobody compares would be played instead.
    all.jobs.done(2, await write('head.webp'));
    await compared;
    await settled();
    expect(
      all
        .of('clip')
        .map(({ side, label }) => [side, label])
        .sort(),
    ).toEqual([
      ['a', 'Now'],
      ['b', 'HEAD'],
    ]);
    expect(all.renders.clips.a?.path).toBe(join(folder, 'now.webp'));
  });

  it('renders nothing that was rendered before', async () => {
    fake.git = git(async () => 'old');
    const all = setUp([
      fileOf(await write('now.webp'), { source: 'now', seed: 5 }),
      fileOf(await write('old.webp'), { source: 'old', seed: 5 }),
    ]);
    all.renders.checked(folder, 8);
    await all.next('clip');
    await compare(all);
    expect(all.jobs.plans).toEqual([]);
    expect(
      all
        .of('clip')
        .slice(-2)
        .map(({ id }) => id)
        .sort(),
    ).toEqual([join(folder, 'now.webp'), join(folder, 'old.webp')].sort());
  });

  it('renders nothing if both are the same', async () => {
    fake.git = git(async () => 'now');
    const all = setUp();
    all.server.differencesAnswer = { phrases: [], frames: [] };
    await compare(all);
    expect(all.jobs.plans).toEqual([]);
    expect(fake.messages).toEqual([{ kind: 'information', text: 'fox renders the same as in HEAD.' }]);
  });

  it('renders HEAD once', async () => {
    fake.git = git(async () => 'old');
    const all = setUp([fileOf(await write('now.webp'), { source: 'now', seed: 5 })]);
    all.renders.checked(folder, 8);
    await all.next('clip');
    const compared = compare(all);
    await vi.waitUntil(() => all.jobs.plans.length === 1);
    const path = `${all.jobs.plans[0]!.output.base}.webp`;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'HEAD');
    all.jobs.done(1, path);
    await compared;
    await compare(all);
    expect(all.jobs.plans).toHaveLength(1);
    const shown = all.of('clip').findLast(({ side }) => side === 'b');
    expect(shown).toMatchObject({ id: path, label: 'HEAD' });
  });

  it('of HEAD that ends after a reload is neither played nor what is said of the file', async () => {
    const now = await write('now.webp');
    const all = setUp([fileOf(now)]);
    all.renders.checked(folder, 8);
    await all.next('clip');
    all.jobs.set(1, { kind: 'loading', progress: null, stopping: null }, DOCUMENT, 42, 'fox (HEAD)');
    expect(all.renders.sources.jobs).toHaveLength(1);
    all.jobs.done(1, await write('head.webp'));
    await settled();
    expect(all.renders.sources.jobs).toEqual([]);
    expect(all.renders.clips.a?.path).toBe(now);
  });

  it.each<[string, unknown, string]>([
    ['there is no Git extension', undefined, 'The Git extension of VS Code is not available.'],
    [
      'Git is disabled',
      {
        getAPI: () => {
          throw new Error('Git model not found');
        },
      },
      'Git cannot be used: Git model not found.',
    ],
    ['there is no repository', { getAPI: () => ({ getRepository: () => null }) }, 'not in a Git repository'],
    ['it was not committed', git(() => Promise.reject(new Error('fatal'))), 'The last commit does not have the file.'],
  ])('says why it cannot: %s', async (_why, api, message) => {
    fake.git = api;
    await expect(compare(setUp())).rejects.toThrow(message);
  });
});
