import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type DescribedModel, HeaderCache, openHeaderCache } from '../../library/header-cache.ts';
import { ModelLibrary } from '../../library/model-library.ts';
import { CHECKPOINT, folderWith, LORA, VAE } from './tree.ts';

const opened: string[] = [];
vi.mock('../../weights/open.ts', async (original) => {
  const { openWeights } = await original<typeof import('../../weights/open.ts')>();
  return {
    openWeights: (path: string) => {
      opened.push(path);
      return openWeights(path);
    },
  };
});

beforeEach(() => {
  opened.length = 0;
});

/** The library as a process sees it that has just started. */
async function listed(root: string, cache: string) {
  const modelsFolder = join(import.meta.dirname, '../../models');
  const library = await ModelLibrary.open({ modelsFolder, roots: [root], headers: openHeaderCache(cache) });
  opened.length = 0;
  const models = await library.describeAll(library.files.map(({ path }) => path));
  return { models: [...models.values()], opened: opened.map((path) => path.slice(root.length + 1)) };
}

const model = (rank: number): DescribedModel => ({
  ok: true,
  file: { path: '/m', size: 1, mtimeMs: 1 },
  description: { kind: 'motion-lora', rank, hasMidBlock: false },
});

describe('headers on disk', () => {
  const files = { 'a.safetensors': VAE, 'b.safetensors': CHECKPOINT, 'page.ckpt': '<!doctype html>' };

  it('are not read from the model files again, damaged files included', async () => {
    const root = folderWith(files);
    const cache = join(folderWith({}), 'not', 'created');
    const first = await listed(root, cache);
    expect(first.opened).toHaveLength(5);
    const second = await listed(root, cache);
    expect(second.opened).toEqual([]);
    expect(second.models).toEqual(first.models);
    expect(second.models.map((found) => found.ok)).toEqual([true, true, true, true, false]);
  });

  it('are read again from the files that have changed', async () => {
    const [root, cache] = [folderWith(files), folderWith({})];
    await listed(root, cache);
    writeFileSync(join(root, 'a.safetensors'), LORA);
    writeFileSync(join(root, 'new.safetensors'), LORA);
    const { models, opened: read } = await listed(root, cache);
    expect(read).toEqual(['a.safetensors', 'new.safetensors']);
    expect(models.map((found) => found.ok && found.description.kind).slice(2)).toEqual([
      'lora',
      'checkpoint',
      'lora',
      false,
    ]);
  });

  it.each([
    ['a changed character', (text: string) => text.replace('"vae"', '"vaf"')],
    ['another format', (text: string) => text.replace(/^\d+/, '999')],
    ['half of it', (text: string) => text.slice(0, text.length / 2)],
    ['nothing', () => ''],
    ['null', () => 'null\nnull'],
  ])('are ignored with %s', async (_, damage) => {
    const [root, cache] = [folderWith(files), folderWith({})];
    const before = await listed(root, cache);
    const path = join(cache, 'model-headers.json');
    writeFileSync(path, damage(readFileSync(path, 'utf8')));
    const after = await listed(root, cache);
    expect(after.opened).toHaveLength(5);
    expect(after.models).toEqual(before.models);
    expect((await listed(root, cache)).opened).toEqual([]);
  });

  it('are replaced as a whole', async () => {
    const [root, cache] = [folderWith(files), folderWith({})];
    await listed(root, cache);
    expect(readdirSync(cache)).toEqual(['model-headers.json']);
  });

  it('are not needed: a cache that cannot be written changes nothing', async () => {
    const root = folderWith(files);
    const blocked = join(folderWith({ file: 'not a folder' }), 'file');
    expect((await listed(root, blocked)).models).toHaveLength(5);
    const folder = folderWith({});
    mkdirSync(join(folder, 'model-headers.json'));
    expect((await listed(root, folder)).models).toHaveLength(5);
  });

  it('are at most 20,000, the latest used', async () => {
    const path = join(folderWith({}), 'cache.json');
    const cache = new HeaderCache(path);
    for (let i = 0; i < 20_001; i++) cache.set(`/m${i}`, 'now', model(i), true);
    await cache.get('/m0', 'now');
    await cache.save();
    const next = new HeaderCache(path);
    expect(await next.get('/m0', 'now')).toEqual(model(0));
    expect(await next.get('/m1', 'now')).toBeNull();
    expect(await next.get('/m2', 'now')).toEqual(model(2));
    expect(await next.get('/m2', 'later')).toBeNull();
  });

  it('do not include what is valid for now only', async () => {
    const path = join(folderWith({}), 'cache.json');
    const cache = new HeaderCache(path);
    cache.set('/lasting', 'now', model(1), true);
    cache.set('/unreachable', 'now', { ok: false, reason: 'The drive is not connected.' }, false);
    await cache.save();
    expect(await cache.get('/unreachable', 'now')).toMatchObject({ ok: false });
    expect(await new HeaderCache(path).get('/unreachable', 'now')).toBeNull();
    expect(await new HeaderCache(path).get('/lasting', 'now')).toEqual(model(1));
    expect(readdirSync(dirname(path))).toEqual(['cache.json']);
  });
});
