import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RenderError } from '../../../engine/failure.ts';
import { planPictures } from '../../../engine/inputs/pictures.ts';
import type { PlanImage } from '../../../plan/plan.ts';
import { temporaryFolder } from '../media/fixtures.ts';
import { numberOf, patchesOf } from './numbered-frame.ts';

const PATCHES = [
  [200, 48, 40],
  [48, 160, 72],
  [40, 72, 192],
  [224, 192, 48],
  [128, 128, 128],
  [216, 160, 128],
];

/** The images of a clip that shows a file from its start. */
function imagesOf(name: string, frames: number, fps: number, changes: Partial<PlanImage['shown']> = {}): PlanImage[] {
  const path = resolve(import.meta.dirname, 'files', name);
  const { size, mtimeMs } = statSync(path);
  return Array.from({ length: frames }, (_, i) => ({
    path,
    size,
    mtimeMs,
    shown: { at: i / fps, from: 0, to: null, repeat: false, ...changes },
  }));
}

async function read(images: readonly PlanImage[], size: { width: number; height: number } | null = null) {
  const warnings: string[] = [];
  const numbers: (number | null)[] = [];
  const patches: number[][][] = [];
  const sizes: number[][] = [];
  const context = { signal: new AbortController().signal, warn: (line: string) => warnings.push(line), info: () => {} };
  for await (const picture of planPictures(images, new Set(images.keys()), size, context)) {
    for (const index of picture.indices) numbers[index] = numberOf(picture);
    patches.push(patchesOf(picture));
    sizes.push([picture.width, picture.height]);
  }
  return { numbers, patches, warnings, sizes };
}

const DISPOSED = [0, 37, 74, 111, 148, 185, 222, 3, 40, 77, 114, 151, 188, 225, 6, 43, 80, 117, 154, 191];

describe('the frames of an animation', () => {
  it.each(['gif-dispose.gif', 'webp-dispose.webp', 'apng-dispose.png'])(
    '%s are composed as in browsers',
    async (name) => {
      const { numbers, patches } = await read(imagesOf(name, 20, 10));
      expect(numbers).toEqual(DISPOSED);
      expect(patches.every((each) => JSON.stringify(each) === JSON.stringify(PATCHES))).toBe(true);
    },
  );

  it('of 10 ms or less count as 100 ms', async () => {
    expect((await read(imagesOf('gif-zero.gif', 7, 8))).numbers).toEqual([0, 1, 2, 3, 5, 6, 7]);
    await expect(read(imagesOf('gif-zero.gif', 8, 8))).rejects.toThrow(
      '“gif-zero.gif” is too short: it has 7 frames for this clip, which has 8. It is 0.8 s long. Set `frames` to 7, or `repeat: true`.',
    );
    const again = await read(imagesOf('gif-zero.gif', 10, 10, { from: 0.5, to: 0.8, repeat: true }));
    expect(again.numbers).toEqual([5, 6, 7, 5, 6, 7, 5, 6, 7, 5]);
  });

  it('have color tables and interlaced rows of their own', async () => {
    expect((await read(imagesOf('gif-local.gif', 8, 10))).numbers).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('begin after an image that is not part of the animation', async () => {
    expect((await read(imagesOf('apng-hidden.png', 3, 10))).numbers).toEqual([0, 1, 2]);
  });

  it.each([
    ['gif-clear.gif', [216, 160, 128]],
    ['webp-clear.webp', [235, 207, 191]],
    ['apng-clear.png', [235, 207, 191]],
  ])('%s are laid on white', async (name, half) => {
    const { patches } = await read(imagesOf(name, 1, 10));
    expect(patches[0]!.slice(4)).toEqual([[255, 255, 255], half]);
  });

  it('are stretched to a size', async () => {
    const { sizes, numbers } = await read(imagesOf('gif-local.gif', 2, 10), { width: 64, height: 96 });
    expect([sizes[0], numbers]).toEqual([
      [64, 96],
      [0, 1],
    ]);
  });

  it.each(['cut-off.gif', 'cut-off.webp', 'cut-off-apng.png'])('%s are used as far as they are whole', async (name) => {
    const { numbers, warnings } = await read(imagesOf(name, 6, 8));
    expect(numbers).toEqual([0, 1, 2, 3, 5, 6]);
    expect(warnings).toEqual([expect.stringContaining(`“${name}” is cut off: only 0.7 s can be read.`)]);
    await expect(read(imagesOf(name, 12, 8))).rejects.toThrow('is cut off: only 0.7 s can be read');
  });

  it.each(['still.gif', 'still.png'])('%s is one image', async (name) => {
    await expect(read(imagesOf(name, 1, 8))).rejects.toThrow(`“${name}” is one image, not a video.`);
  });

  it('are decoded once if several frames of the clip show them', async () => {
    const pictures: number[][] = [];
    const images = imagesOf('gif-local.gif', 5, 20);
    const context = { signal: new AbortController().signal, warn: () => {}, info: () => {} };
    for await (const { indices } of planPictures(images, new Set(images.keys()), null, context)) {
      pictures.push([...indices]);
    }
    expect(pictures).toEqual([[0, 1], [2, 3], [4]]);
  });

  it.each([
    ['webp-dispose.webp', 'VP8'],
    ['apng-dispose.png', 'IDAT'],
  ])('of %s that are damaged are reported in plain words', async (name, chunk) => {
    const bytes = readFileSync(join(import.meta.dirname, 'files', name));
    const at = bytes.indexOf(chunk, 60) + 8;
    bytes.fill(0xff, at, at + 20);
    const path = join(temporaryFolder(), name);
    writeFileSync(path, bytes);
    await expect(read(imagesOf(path, 3, 10))).rejects.toThrow(
      new RenderError('unsupported', `“${name}” is damaged: a frame cannot be decoded. Use another copy.`),
    );
  });

  it('stop with the render', async () => {
    const controller = new AbortController();
    controller.abort(new Error('canceled'));
    const images = imagesOf('gif-local.gif', 5, 20);
    const context = { signal: controller.signal, warn: () => {}, info: () => {} };
    await expect(planPictures(images, new Set([0]), null, context).next()).rejects.toThrow('canceled');
  });
});
