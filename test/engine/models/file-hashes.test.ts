import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FileHashes } from '../../../engine/models/file-hashes.ts';
import type { FileRef } from '../../../plan/plan.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'travel-hashes-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function fileWith(text: string, name = 'a.safetensors'): FileRef {
  const path = join(folder, name);
  writeFileSync(path, text);
  const { size, mtimeMs } = statSync(path);
  return { path, size, mtimeMs };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const cache = () => join(folder, 'cache');

/** The stored hash of the only file. */
const stored = () => join(cache(), readdirSync(cache())[0]!);

describe('FileHashes', () => {
  it('hashes whole files, and stores the hashes', async () => {
    const [a, b] = [fileWith('a'.repeat(3_000_000)), fileWith('b', 'b.pt')];
    const hashes = await new FileHashes(cache()).of([a, b, a]);
    expect([...hashes]).toEqual([
      [a.path, sha256('a'.repeat(3_000_000))],
      [b.path, sha256('b')],
    ]);
    expect(readdirSync(cache())).toHaveLength(2);
    expect(await new FileHashes(null).of([a])).toEqual(new Map([[a.path, sha256('a'.repeat(3_000_000))]]));
  });

  it('uses a stored hash of another process, unless it is damaged', async () => {
    vi.resetModules();
    const file = fileWith('x');
    await new FileHashes(cache()).of([file]);
    for (const [text, expected] of [
      ['e'.repeat(64), 'e'.repeat(64)],
      ['e'.repeat(63), sha256('x')],
      ['', sha256('x')],
    ] as const) {
      writeFileSync(stored(), text);
      vi.resetModules();
      const fresh = await import('../../../engine/models/file-hashes.ts');
      expect((await new fresh.FileHashes(cache()).of([file])).get(file.path)).toBe(expected);
    }
    expect(readFileSync(stored(), 'utf8')).toBe(sha256('x'));
  });

  it('hashes a file again that has changed', async () => {
    const before = fileWith('x');
    await new FileHashes(cache()).of([before]);
    writeFileSync(before.path, 'y');
    utimesSync(before.path, 1, 1);
    const { size, mtimeMs } = statSync(before.path);
    const after = { path: before.path, size, mtimeMs };
    expect((await new FileHashes(cache()).of([after])).get(after.path)).toBe(sha256('y'));
  });

  it('leaves out a file that cannot be read, and goes on without a cache folder', async () => {
    const error = vi.spyOn(console, 'error').mockReturnValue(undefined);
    const file = fileWith('x');
    writeFileSync(cache(), 'a file where a folder is needed');
    const hashes = await new FileHashes(cache()).of([{ ...file, path: join(folder, 'none') }, file]);
    expect([...hashes]).toEqual([[file.path, sha256('x')]]);
    expect(error).toHaveBeenCalledTimes(2);
  });

  it('stops when it is canceled', async () => {
    const files = [fileWith('canceled')];
    await expect(new FileHashes(null).of(files, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});
