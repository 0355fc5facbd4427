import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { fake } from '../vscode.ts';
import { DOCUMENT, fileOf, folder, setUp, write } from './rendered-document.ts';
import { settled } from './services.ts';

vi.mock('vscode', () => import('../vscode.ts'));
const { compareWithHead } = await import('../../../client/preview/head-comparison.ts');

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
