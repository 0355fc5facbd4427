import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { readImage } from '../../../engine/media/read-image.ts';
import { readMask } from '../../../engine/media/read-mask.ts';
import { unchangedState } from '../../../engine/models/model-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'read-image-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A PNG of these pixels, in one row. */
async function written(name: string, channels: 1 | 3 | 4, values: readonly number[], orientation?: number) {
  const raw = { width: values.length / channels, height: 1, channels };
  const path = join(folder, name);
  const image = sharp(Uint8Array.from(values), { raw });
  await (orientation === undefined ? image : image.withMetadata({ orientation })).png().toFile(path);
  return path;
}

describe('an image that cannot be opened', () => {
  symlinkSync('nowhere.png', join(folder, 'dangling.png'));
  symlinkSync('loop.png', join(folder, 'loop.png'));
  const leads = {
    'dangling.png': /dangling\.png is a link that leads nowhere\./,
    'loop.png': /loop\.png is a link that leads back/,
  };

  it.each(Object.entries(leads))(
    'is reported with the reason, not as one of an unknown kind: %s',
    async (name, reason) => {
      const path = join(folder, name);
      await expect(readImage(path, 8, 8)).rejects.toThrow(reason);
      await expect(readMask(path, 8, 8)).rejects.toThrow(reason);
      await expect(unchangedState({ path, size: 1, mtimeMs: 1 })).rejects.toThrow(reason);
    },
  );
});

describe('readImage', () => {
  it('keeps the pixels of an image of the right size', async () => {
    const values = [1, 2, 3, 250, 128, 0];
    expect([...(await readImage(await written('a.png', 3, values), 2, 1))]).toEqual(values);
  });

  it('makes RGB of gray, and white of what is transparent', async () => {
    expect([...(await readImage(await written('gray.png', 1, [7, 200]), 2, 1))]).toEqual([7, 7, 7, 200, 200, 200]);
    const clear = await written('clear.png', 4, [9, 9, 9, 0, 10, 20, 30, 255]);
    expect([...(await readImage(clear, 2, 1))]).toEqual([255, 255, 255, 10, 20, 30]);
  });

  it('turns the image as its EXIF data says', async () => {
    const upsideDown = await written('turned.png', 3, [10, 0, 0, 0, 20, 0], 3);
    expect([...(await readImage(upsideDown, 2, 1))]).toEqual([0, 20, 0, 10, 0, 0]);
  });

  it('stretches the whole image to the size', async () => {
    const half = await written('half.png', 3, [0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255]);
    const rgb = await readImage(half, 16, 8);
    expect(rgb).toHaveLength(16 * 8 * 3);
    const row = Array.from({ length: 16 }, (_, x) => rgb[(3 * 16 + x) * 3]!);
    expect(row.slice(0, 4).every((value) => value < 30) && row.slice(12).every((value) => value > 225)).toBe(true);
  });

  it('reports a file that is not an image', async () => {
    const path = join(folder, 'notes.png');
    writeFileSync(path, 'notes');
    await expect(readImage(path, 8, 8)).rejects.toMatchObject({
      name: 'RenderError',
      kind: 'unsupported',
      message: `The image ${path} cannot be read: it is damaged or not an image. Use a PNG, JPEG, WebP, TIFF or GIF file.`,
    });
  });
});
