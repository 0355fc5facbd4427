import { statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Environment } from '../../grammar/clip/environment.ts';
import { settle } from '../../library/file-environment.ts';
import { knownDefect } from '../../library/image-defects.ts';
import { ModelLibrary } from '../../library/model-library.ts';
import { folderWith } from './tree.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const MP4 = Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42');
const PAGE = Buffer.from(`<!doctype html>${' '.repeat(99)}`);

async function ask<T>(folder: string, work: (environment: Environment) => T): Promise<T> {
  const library = await ModelLibrary.open({ modelsFolder: join(folder, 'none'), roots: [] });
  return settle(library, { path: join(folder, 'clip.travel'), wildcardFolders: [] }, work);
}

/** By name: why each image of the folder cannot be used. */
const defectsIn = (folder: string) =>
  ask(folder, (environment) => {
    const files = environment.inputImages?.('frames', '')?.files ?? [];
    return files.map((file) => environment.imageDefect?.(file)?.reason ?? null);
  });

/** Writes other contents in place of a file of the same length, whose times stay as they were. */
function replaceUnseen(path: string, contents: Buffer): void {
  const { size, atime, mtime } = statSync(path);
  writeFileSync(path, Buffer.alloc(size, contents));
  utimesSync(path, atime, mtime);
}

it('reads the headers of the images of a folder, and again only if a file has changed', async () => {
  const folder = folderWith({ 'frames/1.png': PNG, 'frames/2.png': PAGE, 'frames/3.png': MP4, 'frames/4.jpg': 'text' });
  const [second, fourth] = [join(folder, 'frames/2.png'), join(folder, 'frames/4.jpg')];
  // Whole seconds, which every file system keeps.
  utimesSync(second, 1_700_000_000, 1_700_000_000);
  const found = [null, 'web-page', 'other', 'other'];
  expect(await defectsIn(folder)).toEqual(found);
  replaceUnseen(second, PNG);
  expect(await defectsIn(folder)).toEqual(found);
  utimesSync(second, 1_700_000_001, 1_700_000_001);
  writeFileSync(fourth, PNG);
  expect(await defectsIn(folder)).toEqual([null, null, 'other', null]);
});

it('reads only those that are asked for', async () => {
  const folder = folderWith({ 'frames/1.png': PAGE, 'frames/2.png': PAGE });
  const files = await ask(folder, (environment) => {
    const all = environment.inputImages?.('frames', '')?.files ?? [];
    all.slice(0, 1).map((file) => environment.imageDefect?.(file));
    return all;
  });
  expect(files.map((file) => knownDefect(file)?.reason)).toEqual(['web-page', undefined]);
});
