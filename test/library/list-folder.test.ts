import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { listFolder } from '../../library/list-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'list-folder-'));
afterAll(() => rmSync(folder, { recursive: true }));

const named = async (path: string) =>
  (await listFolder(path)).map(({ name, isFolder }) => (isFolder ? `${name}/` : name)).sort();

describe('listFolder', () => {
  it('has files and folders, without hidden ones and what systems leave', async () => {
    const path = join(folder, 'mixed');
    mkdirSync(join(path, 'frames'), { recursive: true });
    mkdirSync(join(path, '.git'));
    for (const name of ['a.png', 'b c.mp4', '.hidden', '.DS_Store', 'Thumbs.db', 'desktop.ini']) {
      writeFileSync(join(path, name), '');
    }
    expect(await named(path)).toEqual(['a.png', 'b c.mp4', 'frames/']);
  });

  it.skipIf(process.platform === 'win32')('follows links, also those that point nowhere', async () => {
    const path = join(folder, 'links');
    mkdirSync(join(path, 'real'), { recursive: true });
    symlinkSync(join(path, 'real'), join(path, 'linked'));
    symlinkSync(join(path, 'nowhere'), join(path, 'broken'));
    expect(await named(path)).toEqual(['broken', 'linked/', 'real/']);
  });

  it('is empty for a file, and for what is not there', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await named(join(folder, 'file'))).toEqual([]);
    expect(await named(join(folder, 'nothing'))).toEqual([]);
  });

  it('has all of a folder with more files than are read at once', async () => {
    const path = join(folder, 'large');
    mkdirSync(path);
    for (let i = 0; i < 2500; i++) writeFileSync(join(path, `${i}.png`), '');
    expect(await listFolder(path)).toHaveLength(2500);
  });
});
