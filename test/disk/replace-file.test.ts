import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import * as fileSystem from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { replaceFile, writeFileWhole } from '../../disk/replace-file.ts';
import { folderWith } from '../library/tree.ts';

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  return { ...real, rename: vi.fn(real.rename) };
});

afterEach(() => {
  vi.resetAllMocks();
});

describe('replaceFile', () => {
  it('replaces the text and leaves nothing else', async () => {
    const folder = folderWith({ 'a.travel': 'old' });
    await replaceFile(join(folder, 'a.travel'), 'new 🦊');
    expect(readFileSync(join(folder, 'a.travel'), 'utf8')).toBe('new 🦊');
    expect(readdirSync(folder)).toEqual(['a.travel']);
  });

  it('leaves the old text and nothing else where it fails', async () => {
    const folder = folderWith({ 'a.travel': 'old' });
    vi.mocked(fileSystem.rename).mockRejectedValue(new Error('EIO'));
    await expect(replaceFile(join(folder, 'a.travel'), 'new')).rejects.toThrow('EIO');
    expect(readFileSync(join(folder, 'a.travel'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a.travel']);
  });

  it('refuses a file that is read-only, and one that is gone', async () => {
    const folder = folderWith({ 'a.travel': 'old' });
    chmodSync(join(folder, 'a.travel'), 0o444);
    await expect(replaceFile(join(folder, 'a.travel'), 'new')).rejects.toThrow('read-only');
    await expect(replaceFile(join(folder, 'b.travel'), 'new')).rejects.toThrow('ENOENT');
    expect(readFileSync(join(folder, 'a.travel'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a.travel']);
  });
});

// Windows has neither modes nor, for most people, symbolic links.
describe('writeFileWhole', () => {
  it('creates a file, or replaces it', async () => {
    const folder = folderWith({ 'old.lock': 'old' });
    for (const name of ['old.lock', 'new.lock']) await writeFileWhole(join(folder, name), 'text');
    expect(readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(['text', 'text']);
  });

  it('leaves nothing where it fails', async () => {
    const folder = folderWith({ 'a.txt': '' });
    vi.mocked(fileSystem.rename).mockRejectedValue(new Error('EIO'));
    await expect(writeFileWhole(join(folder, 'new.lock'), 'text')).rejects.toThrow('EIO');
    await expect(writeFileWhole(join(folder, 'gone', 'new.lock'), 'text')).rejects.toThrow('ENOENT');
    await expect(writeFileWhole(join(folder, 'a.txt', 'new.lock'), 'text')).rejects.toThrow('ENOTDIR');
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  it('leaves a whole file if several write it at the same time', async () => {
    const folder = folderWith({});
    const texts = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(10_000));
    await Promise.all(texts.map((text) => writeFileWhole(join(folder, 'new.lock'), text)));
    expect(texts).toContain(readFileSync(join(folder, 'new.lock'), 'utf8'));
    expect(readdirSync(folder)).toEqual(['new.lock']);
  });
});

describe.skipIf(process.platform === 'win32')('replaceFile, on files as POSIX has them,', () => {
  it.each([0o666, 0o600, 0o755])('keeps the mode %o', async (mode) => {
    const folder = folderWith({ 'a.travel': 'old' });
    chmodSync(join(folder, 'a.travel'), mode);
    await replaceFile(join(folder, 'a.travel'), 'new');
    expect(statSync(join(folder, 'a.travel')).mode & 0o777).toBe(mode);
  });

  it('follows a symbolic link', async () => {
    const folder = folderWith({ 'real/a.travel': 'old' });
    symlinkSync(join('real', 'a.travel'), join(folder, 'link.travel'));
    await replaceFile(join(folder, 'link.travel'), 'new');
    expect(lstatSync(join(folder, 'link.travel')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'real', 'a.travel'), 'utf8')).toBe('new');
  });
});
