import { createHash } from 'node:crypto';
import { symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../grammar/clip/environment.ts';
import { checkTravel } from '../../grammar/language.ts';
import { settle } from '../../library/file-environment.ts';
import { ModelLibrary } from '../../library/model-library.ts';
import { outputRootOf } from '../../library/output-root.ts';
import { NO_MACHINE } from '../../plan/machine.ts';
import { CHECKPOINT, EMBEDDING, folderWith, LORA, MOTION_MODULE, VAE } from './tree.ts';

const MODELS = resolve(import.meta.dirname, '../../models');

/** Runs `work` with another home folder. */
async function withHome<T>(home: string, work: () => Promise<T>): Promise<T> {
  const before = { HOME: process.env.HOME, USERPROFILE: process.env.USERPROFILE };
  Object.assign(process.env, { HOME: home, USERPROFILE: home });
  try {
    return await work();
  } finally {
    for (const [key, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[key];
      else process.env[key] = value;
    }
  }
}

async function ask<T>(folder: string, work: (environment: Environment) => T) {
  const library = await ModelLibrary.open({ modelsFolder: MODELS, roots: [folder] });
  return settle(library, { path: join(folder, 'clip.travel'), wildcardFolders: [join(folder, 'wildcards')] }, work);
}

describe('settle', () => {
  it('finds the file of the right kind, even if others have the same name', async () => {
    const folder = folderWith({
      'a/ink.safetensors': CHECKPOINT,
      'b/ink.safetensors': LORA,
      'c/ink.safetensors': VAE,
      'd/ink.ckpt': MOTION_MODULE,
      'e/ink.pt': EMBEDDING,
    });
    const kinds = ['checkpoint', 'lora', 'vae', 'motion-module', 'embedding'] as const;
    const result = await ask(folder, (environment) => kinds.map((kind) => environment.resolveModel(kind, 'ink')));
    expect(result.map((model) => model?.description.kind)).toEqual(kinds);
    expect(result.map((model) => model?.file.path.slice(folder.length + 1))).toEqual([
      'a/ink.safetensors',
      'b/ink.safetensors',
      'c/ink.safetensors',
      'd/ink.ckpt',
      'e/ink.pt',
    ]);
  });

  it('knows hints that were found to be black, from the cache folder of this computer', async () => {
    const folder = folderWith({ 'cache/empty-hints.json': '["a","b"]', 'damaged/empty-hints.json': '["a' });
    const library = await ModelLibrary.open({ modelsFolder: MODELS, roots: [] });
    const known = (cacheFolder: string) =>
      settle(
        library,
        {
          path: join(folder, 'clip.travel'),
          wildcardFolders: [],
          machine: { ...NO_MACHINE, cacheFolder: join(folder, cacheFolder) },
        },
        (environment) => environment.emptyHints,
      );
    expect(await known('cache')).toEqual(new Set(['a', 'b']));
    expect(await known('damaged')).toEqual(new Set());
    expect(await known('nothing')).toEqual(new Set());
  });

  it('finds the network of a preprocessor by its name, the best first, where other programs keep it', async () => {
    const folder = folderWith({
      'models/checkpoints/a.safetensors': CHECKPOINT,
      'models/controlnet/depth_small.onnx': 'small',
      'custom_nodes/comfyui_controlnet_aux/ckpts/someone/Depth/DEPTH_large.onnx': 'a large one',
      'custom_nodes/comfyui_controlnet_aux/ckpts/lllyasviel/annotator.pth': '',
      'custom_nodes/comfyui_controlnet_aux/ckpts/lllyasviel/Annotators/ControlNetHED.pth': 'edges',
      'models/controlnet/table5_pidinet.pth': 'edges, too',
      'custom_nodes/comfyui_controlnet_aux/src/other.onnx': '',
    });
    const find = (names: readonly string[]) =>
      ask(folder, (environment) => environment.networkFile!(names)).then(
        (file) => file && [file.path.slice(folder.length + 1), file.size],
      );
    expect(await find(['depth_large.onnx', 'depth_small.onnx'])).toEqual([
      'custom_nodes/comfyui_controlnet_aux/ckpts/someone/Depth/DEPTH_large.onnx',
      11,
    ]);
    expect(await find(['depth_small.onnx', 'depth_large.onnx'])).toEqual(['models/controlnet/depth_small.onnx', 5]);
    expect(await find(['ControlNetHED.pth'])).toEqual([
      'custom_nodes/comfyui_controlnet_aux/ckpts/lllyasviel/Annotators/ControlNetHED.pth',
      5,
    ]);
    expect(await find(['table5_pidinet.pth'])).toEqual(['models/controlnet/table5_pidinet.pth', 10]);
    // It is not the name of a network.
    expect(await find(['annotator.pth'])).toBeNull();
    expect(await find(['small.onnx'])).toBeNull();
    expect(await find(['other.onnx'])).toBeNull();
    const library = await ModelLibrary.open({ modelsFolder: MODELS, roots: [folder] });
    // Files of preprocessors are not models.
    expect(library.files.map(({ name }) => name)).toEqual(['pocket', 'pocket', 'a']);
  });

  it("compares the hash in a checkpoint's name, also to decide between files of one name", async () => {
    const other = Buffer.concat([CHECKPOINT]);
    // A header can have spaces at its end; the length is in its first bytes.
    const text = other.subarray(8, 8 + Number(other.readBigUInt64LE()));
    const padded = Buffer.concat([Buffer.alloc(8), text, Buffer.from('  '), other.subarray(8 + text.length)]);
    padded.writeBigUInt64LE(BigInt(text.length + 2));
    const folder = folderWith({ 'a/ink.safetensors': CHECKPOINT, 'b/ink.safetensors': padded });
    const [first, second] = [CHECKPOINT, padded].map((bytes) => createHash('sha256').update(bytes).digest('hex'));
    const old = createHash('sha256').digest('hex').slice(0, 8);
    const names = ['ink', first!.slice(0, 10), second!.slice(0, 10).toUpperCase(), second!, '0123456789', old];
    const found = await ask(folder, (environment) =>
      names.map((name) => environment.resolveModel('checkpoint', name === 'ink' ? name : `ink [${name}]`)),
    );
    expect(found.map((model) => model?.file.path.slice(folder.length + 1, folder.length + 2))).toEqual([...'aabbaa']);
    expect(found.map((model) => model?.wrongHash)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      { written: '0123456789', actual: first!.slice(0, 10) },
      undefined,
    ]);
    expect(found.map((model) => model?.sameName !== undefined)).toEqual([true, false, false, false, false, false]);
  });

  it('returns a file of another kind for a setting, but never for an embedding', async () => {
    const result = await ask(folderWith({ 'woman.safetensors': LORA }), (environment) => [
      environment.resolveModel('checkpoint', 'woman'),
      environment.resolveModel('embedding', 'woman'),
    ]);
    expect(result[0]?.description.kind).toBe('lora');
    expect(result[1]).toBeNull();
  });

  it('lists the names of wildcards in order, once each', async () => {
    const folder = folderWith({
      'more/b.txt': 'x',
      'more/a.txt': 'x',
      'wildcards/b.txt': 'x',
      'wildcards/body/hair.txt': 'x',
      'wildcards/a/z.txt': 'x',
      'wildcards/notes.md': 'x',
    });
    const library = await ModelLibrary.open({ modelsFolder: MODELS, roots: [] });
    const place = {
      path: join(folder, 'clip.travel'),
      wildcardFolders: [join(folder, 'wildcards'), join(folder, 'none'), join(folder, 'more')],
    };
    const result = await settle(library, place, (environment) => environment.wildcardNames());
    expect(result).toEqual(['a/z', 'b', 'body/hair', 'a']);
  });

  it('finds pocket and its motion module', async () => {
    const result = await ask(folderWith({}), (environment) => [
      environment.resolveModel('checkpoint', 'pocket')?.description.kind,
      environment.resolveModel('motion-module', 'pocket')?.description.kind,
      environment.resolveModel('vae', 'pocket')?.description.kind,
    ]);
    expect(result).toEqual(['checkpoint', 'motion-module', 'checkpoint']);
  });

  it('takes ~ for the home folder', async () => {
    const library = await ModelLibrary.open({ modelsFolder: MODELS, roots: [] });
    const home = folderWith({ 'ink.safetensors': CHECKPOINT, 'pose.png': '', 'base.travel': 'a' });
    const result = await withHome(home, () =>
      settle(library, { path: '/elsewhere/clip.travel', wildcardFolders: [] }, (environment) => [
        environment.resolveModel('checkpoint', '~/ink.safetensors')?.file.path,
        environment.missingInput!('~/pose.png', 'file'),
        environment.readTravelFile('~/base.travel', '')?.text,
        environment.homeFolder,
      ]),
    );
    expect(result).toEqual([join(home, 'ink.safetensors'), null, 'a', home]);
  });

  it('writes relative output into the repository, or else into the folder of the file', async () => {
    const folder = folderWith({ 'repository/.git/HEAD': '', 'repository/a/b/clip.travel': '', 'c/clip.travel': '' });
    expect(await outputRootOf(join(folder, 'repository/a/b'))).toBe(join(folder, 'repository'));
    expect(await outputRootOf(join(folder, 'c'))).toBe(join(folder, 'c'));
  });

  it('reports what is at the path of an input relative to the document, and what else is there', async () => {
    const folder = folderWith({ 'in/pose.png': '', 'in/frames/0.png': '' });
    await symlink('nowhere.png', join(folder, 'in/dangling.png'));
    const result = await ask(folder, (environment) => [
      environment.missingInput!('in/pose.png', 'file'),
      environment.missingInput!(join(folder, 'in/frames'), 'folder'),
      environment.missingInput!('in/pose.png', 'folder'),
      environment.missingInput!('in/frames', 'file')?.found,
      environment.missingInput!('in/pose.jpg', 'file'),
      environment.missingInput!('out/pose.png', 'file'),
      environment.missingInput!('in/pose.png\0', 'file')?.found,
      environment.missingInput!('in/dangling.png', 'file'),
      environment.missingInput!('in/dangling.png', 'folder')?.found,
      environment.missingInput!('dangling.png', 'file', join(folder, 'in/base.travel'))?.found,
    ]);
    expect(result).toEqual([
      null,
      null,
      { found: 'file', names: [] },
      'folder',
      { found: 'nothing', names: expect.arrayContaining(['pose.png', 'frames']) },
      { found: 'nothing', names: [] },
      'nothing',
      { found: 'unreadable', is: expect.stringMatching(/^is a link that leads nowhere\./), names: [] },
      'unreadable',
      'unreadable',
    ]);
  });

  it('resolves a path relative to the document', async () => {
    const elsewhere = folderWith({ 'far.safetensors': VAE });
    const library = await ModelLibrary.open({ modelsFolder: MODELS, roots: [] });
    const place = { path: join(elsewhere, 'clips', 'a.travel'), wildcardFolders: [] };
    const result = await settle(library, place, (environment) => [
      environment.resolveModel('vae', '../far.safetensors')?.name,
      environment.resolveModel('vae', join(elsewhere, 'far.safetensors'))?.name,
      environment.resolveModel('vae', '../\0'),
    ]);
    expect(result).toEqual(['far', 'far', null]);
  });

  it('knows from headers what does not fit the text encoder', async () => {
    const folder = folderWith({ 'negative.pt': EMBEDDING });
    const codes = (text: string) =>
      ask(folder, (environment) => checkTravel(text, environment).problems.map(({ code }) => code));
    expect(await codes('---\nclip_skip: 3\n---\na')).toEqual(['travel/clip-skip-beyond-layers']);
    expect(await codes('---\nclip_skip: 2\n---\na')).toEqual([]);
    expect(await codes('a, Negative')).toEqual(['travel/embedding-family']);
    expect(await codes('negatively')).toEqual([]);
  });

  it('lists the files of a kind, and without reading them those that may be embeddings', async () => {
    const folder = folderWith({ 'a.safetensors': LORA, 'b.safetensors': CHECKPOINT, 'e.pt': EMBEDDING, 'x.pt': '<' });
    expect(await ask(folder, (environment) => environment.modelNames('lora'))).toEqual(['a']);
    expect(await ask(folder, (environment) => environment.modelNames('embedding'))).toEqual(['e']);
    const possible = await ask(folder, (environment) => {
      environment.resolveModel('lora', 'a');
      return environment.possibleEmbeddings!();
    });
    expect(possible).toEqual(expect.arrayContaining(['b', 'e', 'x']));
    expect(possible).not.toContain('a');
  });

  it('reports why a named file cannot be read, and nothing if there is no such file', async () => {
    const folder = folderWith({ 'broken.safetensors': 'x' });
    const result = await ask(folder, (environment) => [
      environment.resolveModel('lora', 'broken'),
      ...['broken', 'none', 'none/none', join(folder, 'none.pt')].map((name) =>
        environment.unreadableModel!('lora', name),
      ),
    ]);
    expect(result).toEqual([
      null,
      expect.stringContaining('broken.safetensors is text, not a model'),
      null,
      null,
      null,
    ]);
  });

  it('does not report another candidate if the name was found', async () => {
    const folder = folderWith({ 'vae/soft.safetensors': VAE });
    const result = await ask(folder, (environment) => [
      environment.resolveModel('vae', 'soft.safetensors')?.name,
      environment.unreadableModel!('vae', 'soft.safetensors'),
    ]);
    expect(result).toEqual(['soft', null]);
  });

  it('reads extended files relative to the file that names them', async () => {
    const folder = folderWith({ 'base/main.travel': 'one', 'base/deep.travel': 'two' });
    const result = await ask(folder, (environment) => {
      const main = environment.readTravelFile('base/main.travel', '');
      return [
        main,
        main && environment.readTravelFile('deep.travel', main.path),
        environment.readTravelFile('none.travel', ''),
      ];
    });
    expect(result).toEqual([
      { path: join(folder, 'base/main.travel'), text: 'one' },
      { path: join(folder, 'base/deep.travel'), text: 'two' },
      null,
    ]);
  });

  it('reads wildcards as lines, and only inside their folder', async () => {
    const folder = folderWith({
      'wildcards/hair/colour.txt': '\ufeffred\r\n\r\n  blonde  \n# a comment\n',
      'secret.txt': 'secret',
    });
    const result = await ask(folder, (environment) =>
      ['hair/colour', 'hair/none', '../secret', '/etc/passwd', 'a\0b', ''].map((name) => environment.wildcard(name)),
    );
    expect(result).toEqual([['red', '', '  blonde  ', '# a comment', ''], null, null, null, null, null]);
  });

  it('keeps seed and time while files are read', async () => {
    const seen = new Set<string>();
    await ask(folderWith({ 'a.safetensors': VAE }), (environment) => {
      seen.add(`${environment.randomSeed()} ${environment.now.getTime()}`);
      return environment.resolveModel('vae', 'a');
    });
    expect(seen.size).toBe(1);
    expect([...seen][0]).toMatch(/^\d+ \d+$/);
  });
});
