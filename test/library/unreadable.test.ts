import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelRoot } from '../../library/folders.ts';
import { thisMachine } from '../../library/machine.ts';
import { ModelLibrary } from '../../library/model-library.ts';
import { scanFolder } from '../../library/scan.ts';
import { asUser, moduleAt } from '../as-user.ts';
import { folderWith } from './tree.ts';

const DENIED = 'cannot be read: permission denied. Change its permissions, or those of its folder.';

describe('what cannot be read', () => {
  it.each<[string, (path: string) => void, string]>([
    ['nothing', () => {}, 'was not found. Check the path.'],
    [
      'a link that leads nowhere',
      (path) => symlinkSync('gone', path),
      'is a link that leads nowhere. Change the link,',
    ],
    ['a link to itself', (path) => symlinkSync('it', path), 'is a link that leads back to itself. Change the link,'],
  ])('is explained: %s', async (_, make, what) => {
    const path = join(folderWith({}), 'it');
    make(path);
    const { files, unreadable } = await scanFolder(path);
    expect([files, unreadable]).toEqual([[], [{ path, reason: expect.stringContaining(`${path} ${what}`) }]]);
    await expect(modelRoot(path)).rejects.toThrow(`Model folder ${path} ${what}`);
    const library = await ModelLibrary.open({ modelsFolder: folderWith({}), roots: [] });
    expect(await library.describe(path)).toMatchObject({
      ok: false,
      reason: expect.stringContaining(`${path} ${what}`),
    });
  });

  it.each(['a\0b', 'a'.repeat(5000)])('is explained: a path that is not valid', (name) => {
    const path = join(folderWith({}), name);
    const { wrong } = thisMachine({ settings: { outputRoot: path } });
    expect(wrong).toEqual([expect.stringMatching(/ is not a valid path\.$/)]);
  });

  it.skipIf(process.platform === 'win32')('is explained: folders and files that permissions protect', () => {
    const root = folderWith({ 'locked.safetensors': 'x', 'locked.ckpt': 'PK\x03\x04', 'open.safetensors': 'x' });
    const at = (name: string) => join(root, name);
    for (const [name, mode] of [
      ['closed', 0o000],
      ['listed', 0o444],
    ] as const) {
      mkdirSync(at(name));
      writeFileSync(join(at(name), 'inside.safetensors'), 'a');
      chmodSync(at(name), mode);
    }
    for (const name of ['locked.safetensors', 'locked.ckpt']) chmodSync(at(name), 0);
    const found = asUser(
      root,
      `import { ModelLibrary } from ${moduleAt('library/model-library.ts')};
      const library = await ModelLibrary.open({ modelsFolder: '/none', roots: [${JSON.stringify(root)}] });
      const described = await library.describeAll(library.files.map(({ path }) => path));
      const reasons = [...described].map(([path, model]) => [path, model.ok || model.reason]);
      console.log(JSON.stringify([...library.unreadable.map(({ path, reason }) => [path, reason]), ...reasons]));`,
    );
    for (const name of ['closed', 'listed']) chmodSync(at(name), 0o755);
    expect(Object.fromEntries(found as [string, string][])).toMatchObject({
      [at('closed')]: `${at('closed')} ${DENIED}`,
      [at('listed/inside.safetensors')]: `${at('listed/inside.safetensors')} ${DENIED}`,
      [at('locked.ckpt')]: `${at('locked.ckpt')} ${DENIED}`,
      [at('locked.safetensors')]: `${at('locked.safetensors')} ${DENIED}`,
    });
  });

  it.skipIf(process.platform === 'win32')('is explained: a model folder in a folder that permissions protect', () => {
    const outer = folderWith({ 'closed/models/a.safetensors': 'x' });
    const root = join(outer, 'closed/models');
    chmodSync(join(outer, 'closed'), 0);
    const found = asUser(
      outer,
      `import { modelRoot } from ${moduleAt('library/folders.ts')};
      import { thisMachine } from ${moduleAt('library/machine.ts')};
      const { wrong } = thisMachine({ settings: { outputRoot: ${JSON.stringify(root)} } });
      const message = await modelRoot(${JSON.stringify(root)}).catch((error) => error.message);
      console.log(JSON.stringify([message, ...wrong]));`,
    );
    chmodSync(join(outer, 'closed'), 0o755);
    expect(found).toEqual([
      `Model folder ${root} ${DENIED}`,
      `travel.outputRoot is ignored, because “${root}” cannot be used: ${root} ${DENIED}`,
    ]);
  });
});
