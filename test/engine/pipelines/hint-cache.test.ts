import { mkdtempSync, rmSync } from 'node:fs';
import { copyFile, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ModelFiles } from '../../../engine/models/model-files.ts';
import { HintMaker, identifyPictures } from '../../../engine/pipelines/hint-maker.ts';
import type { HintUnit } from '../../../plan/clip-inputs.ts';
import type { FileRef } from '../../../plan/plan.ts';
import { channelNetwork, networkIn } from '../annotators/networks.ts';
import { fileRef } from './plans.ts';

const folder = mkdtempSync(join(tmpdir(), 'travel hints '));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const UNIT: HintUnit = { name: 'canny', preprocessor: 'invert', resize: 'crop' };

let cacheFolder: string;
let count = 0;
beforeEach(() => {
  cacheFolder = join(folder, `cache ${count++}`);
});

const level = (red: number) =>
  sharp({ create: { width: 24, height: 16, channels: 3, background: { r: red, g: 0, b: 0 } } })
    .png()
    .toBuffer();

/** An image and a video of two frames, none of which any other test has. */
async function pictures() {
  const [still, video] = [join(folder, `still ${count}.png`), join(folder, `video ${count}.gif`)];
  await writeFile(still, await level(count));
  const levels = await Promise.all([level(100 + count), level(200 + count)]);
  await sharp(levels, { join: { animated: true } })
    .gif({ delay: [100, 100] })
    .toFile(video);
  const file = await fileRef(video);
  const shownAt = (at: number) => ({ file, shown: { at, from: 0, to: null, repeat: false } });
  return [{ file: await fileRef(still) }, shownAt(0), shownAt(0.1)];
}

type Pictures = Awaited<ReturnType<typeof pictures>>;
interface Changes {
  readonly unit?: Partial<HintUnit>;
  readonly width?: number;
  readonly seed?: number;
}

async function hintsOf(all: Pictures, { unit = {}, width = 16, seed = 5 }: Changes = {}): Promise<string[]> {
  const inputs = { pictures: all, seed, width, height: 16 };
  const context = {
    warn: () => undefined,
    info: () => undefined,
    files: new ModelFiles(),
    signal: new AbortController().signal,
    cacheFolder,
  };
  const maker = new HintMaker(inputs, context, await identifyPictures(all, context));
  const hints: string[] = [];
  for await (const { indices, hint } of maker.hints({ ...UNIT, ...unit }, new Set(all.keys()))) {
    const { width, height, channels, data } = hint;
    for (const index of indices) hints[index] = `${width}×${height}×${channels} ${Buffer.from(data).toString('hex')}`;
  }
  return hints;
}

/** Files that nobody can decode, and that look as if they were not touched. */
async function ruin(all: Pictures): Promise<void> {
  for (const path of new Set(all.map(({ file }) => file.path))) {
    const { size, atime, mtime } = await stat(path);
    await writeFile(path, Buffer.alloc(size));
    await utimes(path, atime, mtime);
  }
}

describe('the cache of hints', () => {
  it('gives the same hints again, and decodes and annotates nothing', async () => {
    const all = await pictures();
    const first = await hintsOf(all);
    expect(new Set(first).size).toBe(3);
    await ruin(all);
    expect(await hintsOf(all)).toEqual(first);
  });

  it('gives depth maps with the scale of their clip again, and another clip has others', async () => {
    const all = await pictures();
    const networks = [await networkIn(folder, 'red.onnx', channelNetwork(0, [64, 64]))];
    const unit = { unit: { preprocessor: 'depth_midas', normalise: 'clip', networks } } as const;
    const first = await hintsOf(all, unit);
    expect(new Set(first).size).toBe(3);
    const others = await hintsOf(all.slice(0, 2), unit);
    expect(others[1]).not.toBe(first[1]);
    await ruin(all);
    expect(await hintsOf(all, unit)).toEqual(first);
    expect(await hintsOf(all.slice(0, 2), unit)).toEqual(others);
    await expect(hintsOf(all.slice(1), unit)).rejects.toThrow();
  });

  it('knows pictures by their contents', async () => {
    const all = await pictures();
    const first = await hintsOf(all);
    const copyOf = new Map<string, FileRef>();
    for (const { path } of all.map(({ file }) => file)) {
      if (copyOf.has(path)) continue;
      await copyFile(path, `${path}.copy`);
      copyOf.set(path, await fileRef(`${path}.copy`));
    }
    const copies = all.map((picture) => ({ ...picture, file: copyOf.get(picture.file.path)! }));
    const files = await readdir(cacheFolder);
    expect(await hintsOf(copies)).toEqual(first);
    const added = (await readdir(cacheFolder)).filter((name) => !files.includes(name));
    expect(added.filter((name) => name.endsWith('.hint'))).toEqual([]);
  });

  it.each<[string, Changes]>([
    ['the preprocessor', { unit: { preprocessor: 'none' } }],
    ['how it is resized', { unit: { resize: 'stretch' } }],
    ['the size of the frames', { width: 24 }],
  ])('has other hints for another value of %s', async (_, changes) => {
    const all = await pictures();
    await hintsOf(all);
    await ruin(all);
    await expect(hintsOf(all, changes)).rejects.toThrow();
  });

  it('depends on the seed if the preprocessor does', async () => {
    const all = await pictures();
    const shuffle = { unit: { preprocessor: 'shuffle' } } as const;
    await hintsOf(all);
    await hintsOf(all, shuffle);
    await ruin(all);
    await hintsOf(all, { seed: 6 });
    await hintsOf(all, shuffle);
    await expect(hintsOf(all, { ...shuffle, seed: 6 })).rejects.toThrow();
  });

  it('does not use damaged files, and replaces them', async () => {
    const all = await pictures();
    const first = await hintsOf(all);
    for (const name of (await readdir(cacheFolder)).filter((each) => each.endsWith('.hint'))) {
      const bytes = await readFile(join(cacheFolder, name));
      bytes[bytes.length - 1]! ^= 1;
      await writeFile(join(cacheFolder, name), bytes);
    }
    expect(await hintsOf(all)).toEqual(first);
    await ruin(all);
    expect(await hintsOf(all)).toEqual(first);
  });

  it('reports a picture that changed since it was planned', async () => {
    const all = await pictures();
    await hintsOf(all);
    await writeFile(all[0]!.file.path, 'another');
    await expect(hintsOf(all)).rejects.toThrow(/after the render was planned/);
  });

  it('is not needed', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await writeFile(cacheFolder, '');
    expect(await hintsOf(await pictures())).toHaveLength(3);
    expect(log).toHaveBeenCalledWith(expect.stringMatching(/^Could not cache hints in /));
    log.mockRestore();
  });

  it('loses what was not used for 30 days', async () => {
    const all = await pictures();
    await hintsOf(all);
    const old = await readdir(cacheFolder);
    for (const name of old) await utimes(join(cacheFolder, name), new Date(0), new Date(0));
    await hintsOf(all, { unit: { preprocessor: 'none' } });
    const names = (await readdir(cacheFolder)).filter((name) => name.endsWith('.hint'));
    expect(names).toHaveLength(3);
    expect(old).not.toEqual(expect.arrayContaining(names));
  });
});
