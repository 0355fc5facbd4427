import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { planPictures } from '../../../engine/inputs/pictures.ts';
import type { PixelSize } from '../../../engine/inputs/source.ts';
import { cacheContents } from '../../../rendering/cache-contents.ts';
import { temporaryFolder } from '../media/fixtures.ts';
import { notedFfmpeg } from './noted-ffmpeg.ts';
import { REAL_FFMPEG } from './real-ffmpeg.ts';

const FRAMES = 6;
const SIZE = { width: 24, height: 16 };

let folder: string;
let cacheFolder: string;

const ffmpeg = notedFfmpeg();

beforeEach(() => {
  folder = temporaryFolder();
  cacheFolder = join(folder, 'cache');
  ffmpeg.use();
});
afterEach(() => vi.unstubAllEnvs());

/** A video of 6 different frames. */
function made(): string {
  const path = join(folder, 'made.mkv');
  const source = ['-f', 'lavfi', '-i', `testsrc=size=48x32:rate=8:duration=${FRAMES / 8}`];
  execFileSync(REAL_FFMPEG!, ['-v', 'error', ...source, '-c:v', 'ffv1', path]);
  return path;
}

/** What a render reads of a video. @param wanted frames at 8 fps */
async function read(path: string, wanted: readonly number[], size: PixelSize | null = SIZE, warnings: string[] = []) {
  const { size: bytes, mtimeMs } = statSync(path);
  const images = Array.from({ length: 2 * FRAMES }, (_, i) => ({
    ...{ path, size: bytes, mtimeMs },
    // Each frame twice.
    shown: { at: i / 16, from: 0, to: null, repeat: false },
  }));
  const indices = new Set(wanted.flatMap((frame) => [2 * frame, 2 * frame + 1]));
  const context = {
    signal: new AbortController().signal,
    warn: (line: string) => void warnings.push(line),
    info: () => undefined,
    cacheFolder,
  };
  const found: { readonly indices: readonly number[]; readonly pixels: string }[] = [];
  for await (const { indices: of, rgb } of planPictures(images, indices, size, context)) {
    found.push({ indices: of, pixels: Buffer.from(rgb).toString('base64') });
  }
  return found;
}

const frameFiles = () => readdirSync(cacheFolder).filter((name) => name.endsWith('.frame'));
const ALL = Array.from({ length: FRAMES }, (_, i) => i);

describe.skipIf(REAL_FFMPEG === undefined)('the frames of a video', () => {
  it('are decoded once, in each size, and read from the cache without ffmpeg after that', async () => {
    const path = made();
    const first = await read(path, ALL);
    expect(first.map(({ indices }) => indices)).toEqual(ALL.map((frame) => [2 * frame, 2 * frame + 1]));
    expect(new Set(first.map(({ pixels }) => pixels)).size).toBe(FRAMES);
    expect(ffmpeg.starts()).toBe(2);
    expect(await read(path, ALL)).toEqual(first);
    expect(ffmpeg.starts()).toBe(0);
    const whole = await read(path, ALL, null);
    expect(ffmpeg.starts()).toBe(2);
    expect(await read(path, ALL, null)).toEqual(whole);
    expect(ffmpeg.starts()).toBe(0);
    // By its contents, wherever it is.
    const copy = join(folder, 'copy.mkv');
    copyFileSync(path, copy);
    expect(await read(copy, ALL)).toEqual(first);
    expect(ffmpeg.starts()).toBe(0);
  });

  it('are decoded where they are missing or damaged, in their order', async () => {
    const path = made();
    const some = await read(path, [1, 4]);
    const all = await read(path, ALL);
    expect(all.filter((_, i) => i === 1 || i === 4)).toEqual(some);
    expect(all.map(({ indices }) => indices[0])).toEqual(ALL.map((frame) => 2 * frame));
    ffmpeg.starts();
    for (const name of frameFiles()) writeFileSync(join(cacheFolder, name), 'damaged');
    expect(await read(path, ALL)).toEqual(all);
    expect(ffmpeg.starts()).toBeGreaterThan(0);
    expect(await read(path, ALL)).toEqual(all);
    expect(ffmpeg.starts()).toBe(0);
  });

  it('are decoded again by another ffmpeg, and if the video is another one', async () => {
    const path = made();
    await read(path, ALL);
    ffmpeg.starts();
    ffmpeg.use();
    await read(path, ALL);
    expect(ffmpeg.starts()).toBe(2);
    writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(9)]));
    await read(path, ALL);
    expect(ffmpeg.starts()).toBe(2);
  });

  it('come with what is wrong with the video, each time', async () => {
    const path = made();
    writeFileSync(path, readFileSync(path).subarray(0, statSync(path).size - 900));
    const warnings: string[][] = [[], []];
    await read(path, [0, 1], SIZE, warnings[0]);
    await read(path, [0, 1], SIZE, warnings[1]);
    expect(warnings[0]).toEqual([expect.stringMatching(/is cut off/)]);
    expect(warnings[1]).toEqual(warnings[0]);
    const missing = ALL.map((frame) => frame);
    const [first, second] = [await read(path, missing).catch(String), await read(path, missing).catch(String)];
    expect(first).toMatch(/is too short/);
    expect(second).toEqual(first);
  });

  it('are a part of the cache that is listed, and can be removed', async () => {
    await read(made(), ALL);
    const shares = await cacheContents(cacheFolder);
    const frames = shares.find(({ part }) => part === 'frames');
    expect(frames?.paths).toHaveLength(FRAMES + 1);
    expect(frames?.needed).toBe(0);
  });
});
