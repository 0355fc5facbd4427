import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeOwnFile } from '../../disk/write-own-file.ts';
import type { FileRef } from '../../plan/plan.ts';
import { MODEL_HASH } from '../../protocol/cache-layout.ts';
import { filesOfModel } from '../../weights/diffusers-folder.ts';

/** A large checkpoint takes seconds, so hashes are kept as long as path, size and time of a file stay the same. */
const known = new Map<string, string>();

/** SHA-256 of model files, by which people find them on model sites. */
export class FileHashes {
  readonly #folder: string | null;

  /** @param folder absolute path of the folder that keeps hashes between processes; null: none */
  constructor(folder: string | null) {
    this.#folder = folder;
  }

  /**
   * @returns 64 hexadecimal digits, by path; a file that cannot be read is left out
   * @throws the signal's reason
   */
  async of(files: readonly FileRef[], signal?: AbortSignal): Promise<Map<string, string>> {
    const hashes = new Map<string, string>();
    for (const file of files) {
      const hash = await this.#hashOf(file, signal).catch((error: Error) => {
        signal?.throwIfAborted();
        console.error(`Could not hash ${file.path}: ${error.message}`);
        return null;
      });
      if (hash !== null) hashes.set(file.path, hash);
    }
    return hashes;
  }

  async #hashOf({ path, size, mtimeMs }: FileRef, signal?: AbortSignal): Promise<string> {
    const stamp = JSON.stringify([path, size, mtimeMs]);
    const remembered = known.get(stamp) ?? (await this.#stored(stamp));
    const hash = remembered ?? (await sha256Of(path, signal));
    known.set(stamp, hash);
    if (remembered === null) await this.#store(stamp, hash);
    return hash;
  }

  #pathOf(folder: string, stamp: string): string {
    return join(folder, `${createHash('sha256').update(stamp).digest('hex')}${MODEL_HASH}`);
  }

  async #stored(stamp: string): Promise<string | null> {
    if (this.#folder === null) return null;
    // Not stored yet, or damaged: the file is read again.
    const text = await readFile(this.#pathOf(this.#folder, stamp), 'latin1').catch(() => '');
    return /^[0-9a-f]{64}$/.test(text) ? text : null;
  }

  async #store(stamp: string, hash: string): Promise<void> {
    if (this.#folder === null) return;
    await writeOwnFile(this.#pathOf(this.#folder, stamp), hash).catch((error: Error) => {
      console.error(`Could not store the hash of a model in ${this.#folder}: ${error.message}`);
    });
  }
}

/** Of a model in diffusers' format, the hash of its files one after another, the index first. */
async function sha256Of(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await filesOfModel(path)) {
    for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20, ...(signal && { signal }) })) {
      hash.update(chunk);
    }
  }
  return hash.digest('hex');
}
