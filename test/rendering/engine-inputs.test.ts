import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalEngine } from '../../rendering/local-engine.ts';

const ENTRY = resolve(import.meta.dirname, '../../dist/engine.js');

let folder: string;
let engine: LocalEngine;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'travel-inputs-'));
  engine = new LocalEngine({ entry: ENTRY, cacheFolder: null });
});
afterEach(async () => {
  engine.kill();
  await rm(folder, { recursive: true });
});

describe('what guides a clip', () => {
  const HINT = { name: 'canny', preprocessor: 'invert', resize: 'crop' } as const;

  async function inputs() {
    const path = join(folder, 'a.png');
    const background = { r: 255, g: 0, b: 0 };
    await sharp({ create: { width: 32, height: 32, channels: 3, background } })
      .png()
      .toFile(path);
    const { size, mtimeMs } = await stat(path);
    const units = [{ model: 'canny', preprocessor: 'invert', hint: HINT, frames: [0, null], problem: null }];
    return { width: 16, height: 16, seed: 1, pictures: [{ file: { path, size, mtimeMs } }], start: null, units };
  }

  it('comes as small pictures, whole over the process boundary', async () => {
    const { width, height, seed, pictures } = await inputs();
    const wanted = [null, HINT].map((unit) => ({ picture: pictures[0]!, unit }));
    const result = await engine.inputPictures({ width, height, seed, wanted, longestSide: 8 });
    if (!result.ok) throw new Error(result.message);
    const sizes = await Promise.all(
      result.pictures.map(async (picture) => picture.ok && (await sharp(picture.webp).metadata()).width),
    );
    expect(sizes).toEqual([8, 8]);
  });

  it('is written as PNG, with progress', async () => {
    const seen: unknown[] = [];
    const signal = new AbortController().signal;
    const result = await engine.annotate(
      { inputs: await inputs(), folder: join(folder, 'hints') },
      (event) => seen.push(event),
      signal,
    );
    const own = join(folder, 'hints', 'unit-1');
    expect(result).toEqual({ ok: true, units: [{ folder: own, files: [join(own, '00000.png')] }] });
    expect(seen).toEqual([
      { kind: 'progress', done: 0, total: 1 },
      { kind: 'progress', done: 1, total: 1 },
    ]);
  });

  it('is not written after a cancel', async () => {
    const request = { inputs: await inputs(), folder: join(folder, 'hints') };
    const result = await engine.annotate(request, () => undefined, AbortSignal.abort());
    expect(result).toMatchObject({ ok: false, kind: 'cancelled' });
    expect(await readdir(folder)).toEqual(['a.png']);
  });

  it('has an answer if the process does not start', async () => {
    const broken = new LocalEngine({ entry: join(folder, 'none.js'), cacheFolder: null });
    const request = { inputs: await inputs(), folder: join(folder, 'hints') };
    expect(await broken.annotate(request, () => undefined, new AbortController().signal)).toMatchObject({
      ok: false,
      kind: 'engine-stopped',
    });
  });
});
