import { createHash } from 'node:crypto';
import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { readChecksummed, writeChecksummed } from './checksummed-file.ts';
import { type CacheEntry, type CacheLimits, toEvict } from './eviction.ts';

export interface CachedFilesOptions {
  /** Absolute path; null: nothing is cached. */
  readonly folder: string | null;
  /** End of the names of its files; the rest is the hash of a key. */
  readonly ending: string;
  /** Of all files together. */
  readonly limits: CacheLimits;
  /** What is cached, in messages: `encoded prompts`. */
  readonly what: string;
  /** Whether files that were used since this cache was opened are never removed, because they will be used again. */
  readonly keepsUsed?: boolean;
}

/** A cache on disk: files with a checksum, each named by the hash of everything that its content depends on. */
export class CachedFiles {
  readonly #options: CachedFilesOptions;
  readonly #openedMs = Date.now();
  /** Since files were removed. */
  #hasGrown = false;

  constructor(options: CachedFilesOptions) {
    this.#options = options;
  }

  /** Whether there is a file for a key, which may be damaged. */
  async has(key: string): Promise<boolean> {
    const path = this.#pathOf(key);
    return path !== null && (await stat(path).catch(() => null)) !== null;
  }

  /** The content that was kept for a key, which counts as used now; null if it is missing or damaged. */
  async get(key: string): Promise<Uint8Array | null> {
    const path = this.#pathOf(key);
    if (path === null) return null;
    const content = await readChecksummed(path);
    if (content === null) return null;
    // The time of last use, for eviction.
    const now = new Date();
    await utimes(path, now, now).catch((error: Error) => {
      console.error(`Could not mark ${path} as used: ${error.message}`);
    });
    return content;
  }

  /** If the cache cannot be written, the content is computed again when it is needed. */
  async put(key: string, content: Uint8Array): Promise<void> {
    const path = this.#pathOf(key);
    if (path === null) return;
    try {
      await writeChecksummed(path, content);
      this.#hasGrown = true;
    } catch (error) {
      this.#report(error);
    }
  }

  /**
   * Removes files that are too old, and those that exceed the size of the cache; also temporary files of renders that were
   * killed. Nothing happens if no file was added.
   */
  async evict(): Promise<void> {
    const { folder, limits, keepsUsed = false } = this.#options;
    if (folder === null || !this.#hasGrown) return;
    this.#hasGrown = false;
    try {
      for (const { path, usedMs } of toEvict(await this.#entries(folder), limits)) {
        if (!keepsUsed || usedMs < this.#openedMs) await rm(path, { force: true });
      }
    } catch (error) {
      this.#report(error);
    }
  }

  async #entries(folder: string): Promise<CacheEntry[]> {
    const files: CacheEntry[] = [];
    for (const name of await readdir(folder)) {
      if (!this.#isOwn(name)) continue;
      const path = join(folder, name);
      // Another render may remove it at the same time.
      const info = await stat(path).catch(() => null);
      if (info) files.push({ path, size: info.size, usedMs: info.mtimeMs });
    }
    return files;
  }

  /** Also under its temporary name. */
  #isOwn(name: string): boolean {
    const [hash, ...rest] = name.split('.');
    const [ending, pid, ...others] = rest;
    const isTemporary = pid === undefined || /^\d+$/.test(pid);
    return /^[0-9a-f]{64}$/.test(hash!) && `.${ending}` === this.#options.ending && isTemporary && others.length === 0;
  }

  #pathOf(key: string): string | null {
    const { folder, ending } = this.#options;
    return folder && join(folder, `${createHash('sha256').update(key).digest('hex')}${ending}`);
  }

  #report(error: unknown): void {
    const { folder, what } = this.#options;
    console.error(`Could not cache ${what} in ${folder}: ${(error as Error).message}`);
  }
}
