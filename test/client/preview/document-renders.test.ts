import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { planOf } from '../../rendering/plans.ts';
import { env, fake, l10n, memento, Uri } from '../vscode.ts';
import { fileOf, folder, setUp, write } from './rendered-document.ts';
import { log, settled } from './services.ts';

vi.mock('vscode', () => import('../vscode.ts'));
const { DocumentRenders } = await import('../../../client/preview/document-renders.ts');
const { Stars } = await import('../../../client/preview/stars.ts');

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
