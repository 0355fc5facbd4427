import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import * as fileSystem from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeFolder } from '../../disk/make-folder.ts';
import { temporaryFolder } from '../engine/media/fixtures.ts';

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  return { ...real, mkdir: vi.fn(real.mkdir) };
});

afterEach(() => {
  vi.resetAllMocks();
});

describe('makeFolder', () => {
  it('makes all folders that are missing, and leaves those that are there', async () => {
    const folder = join(temporaryFolder(), 'a', 'b', 'c');
    await makeFolder(folder);
    await makeFolder(folder);
    expect(statSync(folder).isDirectory()).toBe(true);
  });

  it('works when two calls create the same folder', async () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    await Promise.all([1, 2, 3, 4].map((name) => makeFolder(join(folder, String(name)))));
    expect(fileSystem.mkdir).toHaveBeenCalled();
    expect(statSync(join(folder, '4')).isDirectory()).toBe(true);
  });

  it('does not take a file for a folder', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    await expect(makeFolder(file)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(join(file, 'below'))).rejects.toMatchObject({ code: 'EEXIST' });
  });

  it('tries once if a folder exists and the system reports ENOENT for a new one in it, as in /proc', async () => {
    const folder = join(temporaryFolder(), 'strange');
    mkdirSync(folder);
    const error = Object.assign(new Error('ENOENT'), { code: 'ENOENT', syscall: 'mkdir' });
    vi.mocked(fileSystem.mkdir).mockRejectedValue(error);
    await expect(makeFolder(join(folder, 'a', 'b'))).rejects.toBe(error);
    expect(fileSystem.mkdir).toHaveBeenCalledExactlyOnceWith(join(folder, 'a'));
  });
});
