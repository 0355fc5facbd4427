import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findImages } from '../../library/images.ts';

const folder = mkdtempSync(join(tmpdir(), 'images-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('findImages', () => {
  it('finds the images of a folder in the order of their names, and counts in them as numbers', async () => {
    for (const name of ['f10.png', 'f2.PNG', 'F1.jpg', 'f3.webp', 'notes.txt', '.hidden.png']) {
      writeFileSync(join(folder, name), name);
    }
    mkdirSync(join(folder, 'more'));
    const found = await findImages(folder);
    expect(found?.kind).toBe('folder');
    expect(found?.files.map(({ path }) => basename(path))).toEqual(['F1.jpg', 'f2.PNG', 'f3.webp', 'f10.png']);
    expect(found?.files.at(-1)).toEqual({ path: join(folder, 'f10.png'), size: 7, mtimeMs: expect.any(Number) });
  });

  it('lists what else is in a folder, but for what systems leave there', async () => {
    const mixed = join(folder, 'mixed');
    mkdirSync(join(mixed, 'take1'), { recursive: true });
    for (const name of ['1.png', '2.GIF', '3.tga', 'clip.mp4', 'a.svg', '.DS_Store', 'Thumbs.db', '._1.png']) {
      writeFileSync(join(mixed, name), name);
    }
    expect((await findImages(mixed))?.files.map(({ path }) => basename(path))).toEqual(['1.png', '2.GIF']);
    expect((await findImages(mixed))?.others).toEqual({
      unreadable: ['3.tga'],
      videos: ['clip.mp4'],
      folders: ['take1'],
      ignored: ['a.svg'],
    });
  });

  it.each([
    ['some images', ['1.png', '2.png'], ['3.png', '4.jpg']],
    ['no other image', [], ['1.png']],
  ])('lists the images of a folder that cannot be opened, with %s', async (name, good, bad) => {
    const own = join(folder, name);
    mkdirSync(own);
    for (const image of good) writeFileSync(join(own, image), image);
    for (const image of bad) symlinkSync('nowhere', join(own, image));
    symlinkSync('nowhere', join(own, 'notes'));
    const found = await findImages(own);
    expect(found?.files.map(({ path }) => basename(path))).toEqual(good);
    expect(found?.others?.unopened).toEqual(
      bad.map((image) => ({ name: image, is: expect.stringContaining('leads nowhere') })),
    );
  });

  it.skipIf(process.platform === 'win32')('does not open devices, which may never end', async () => {
    expect(await findImages('/dev/zero')).toBeNull();
  });

  it('finds one image, and nothing where there is nothing', async () => {
    const path = join(folder, 'f10.png');
    expect(await findImages(path)).toMatchObject({ kind: 'file', files: [{ path, size: 7 }] });
    expect(await findImages(join(folder, 'missing.png'))).toBeNull();
    expect(await findImages(`${folder}/\0`)).toBeNull();
  });
});
