import { utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ModelLibrary } from '../../library/model-library.ts';
import { CHECKPOINT, folderWith, LORA, VAE } from './tree.ts';

const MODELS = resolve(import.meta.dirname, '../../models');
const open = (...roots: string[]) => ModelLibrary.open({ modelsFolder: MODELS, roots });

describe('ModelLibrary', () => {
  it('has the built-in checkpoint and its motion module under one name', async () => {
    const library = await open();
    const kinds = await library.describeAll(
      library.names
        .find('pocket')
        .flat()
        .map(({ path }) => path),
    );
    expect([...kinds.values()].map((model) => model.ok && model.description.kind)).toEqual([
      'checkpoint',
      'motion-module',
    ]);
  });

  it('finds a file by whole name, by file name, with extension, with hash, and in another case', async () => {
    const root = folderWith({ 'style/Ink.safetensors': LORA, 'ink.safetensors': CHECKPOINT });
    const library = await open(root);
    const found = (name: string) =>
      library.names
        .find(name)
        .flat()
        .map(({ path }) => path.slice(root.length + 1));
    expect(found('ink')).toEqual(['ink.safetensors', 'style/Ink.safetensors']);
    expect(found('Ink')).toEqual(['ink.safetensors', 'style/Ink.safetensors']);
    expect(found('style/Ink')).toEqual(['style/Ink.safetensors']);
    expect(found('style\\ink.safetensors [0123456789]')).toEqual(['style/Ink.safetensors']);
    expect(found('other')).toEqual([]);
  });

  it('prefers the exact case if two files differ only in case', async () => {
    const library = await open(folderWith({ 'a/INK.pt': VAE, 'b/ink.pt': VAE }));
    expect(
      library.names
        .find('ink')
        .flat()
        .map(({ name }) => name),
    ).toEqual(['b/ink', 'a/INK']);
  });

  it('opens a folder without reading its files, and reports why a file cannot be read', async () => {
    const root = folderWith({ 'page.safetensors': '<!doctype html>', 'empty.ckpt': '', 'vae.pt': VAE });
    const library = await open(root);
    expect(library.files.map(({ name }) => name)).toEqual(['pocket', 'pocket', 'empty', 'page', 'vae']);
    expect(await library.describe(join(root, 'page.safetensors'))).toMatchObject({
      ok: false,
      reason: expect.stringContaining('a web page'),
    });
    expect(await library.describe(join(root, 'empty.ckpt'))).toMatchObject({ ok: false });
    expect(await library.describe(join(root, 'gone.ckpt'))).toMatchObject({ ok: false });
    expect(await library.describe(join(root, 'vae.pt'))).toMatchObject({ ok: true, description: { kind: 'vae' } });
  });

  it('reads a header once, and again when the file has changed', async () => {
    const path = join(folderWith({ 'x.safetensors': VAE }), 'x.safetensors');
    const library = await open();
    const first = await library.describe(path);
    expect(await library.describe(path)).toBe(first);
    writeFileSync(path, CHECKPOINT);
    utimesSync(path, 1000, 1000);
    expect(await library.describe(path)).toMatchObject({
      description: { kind: 'checkpoint' },
      file: { path, size: CHECKPOINT.length, mtimeMs: 1_000_000 },
    });
  });
});
