import { createHash } from 'node:crypto';
import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { ENCODED_PROMPT } from '../../protocol/cache-layout.ts';
import { readChecksummed, writeChecksummed } from '../checksummed-file.ts';
import { type CacheEntry, type CacheLimits, toEvict } from '../eviction.ts';

/** Of all encodings together. */
const LIMITS: CacheLimits = { age: 30 * 24 * 60 * 60 * 1000, bytes: 2 ** 30 };

/**
 * Encoded prompts on disk, by the text encoder and everything else that they depend on. The content of each file is its
 * values as little-endian float32.
 */
export class EncodingCache {
  readonly #folder: string | null;
  readonly #textEncoder: string;

  /**
   * @param folder absolute path; null: nothing is cached
   * @param textEncoder identifies the text encoder with its LoRAs and embeddings, and the state of their files
   */
  constructor(folder: string | null, textEncoder: string) {
    this.#folder = folder;
    this.#textEncoder = textEncoder;
  }

  /**
   * The cached encoding of a key, or a new one.
   *
   * @param key everything that the encoding depends on besides the text encoder
   * @param length number of float32 values of the encoding; a file of another length, or a damaged one, is replaced
   */
  async get(key: string, length: number, encode: () => Promise<Float32Array>): Promise<Float32Array> {
    if (this.#folder === null) return encode();
    const name = createHash('sha256').update(this.#textEncoder).update('\0').update(key).digest('hex');
    const path = join(this.#folder, `${name}${ENCODED_PROMPT}`);
    const cached = await readChecksummed(path);
    if (cached?.length === length * 4) {
      // The time of last use, for eviction.
      const now = new Date();
      await utimes(path, now, now).catch(warnOf(`Could not mark ${path} as used`));
      return new Float32Array(cached.buffer);
    }
    const encoding = await encode();
    await this.#write(path, encoding);
    return encoding;
  }

  /** If the cache cannot be written, the next render encodes again. */
  async #write(path: string, data: Float32Array): Promise<void> {
    try {
      await writeChecksummed(path, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      await evict(this.#folder!);
    } catch (error) {
      console.error(`Could not cache encoded prompts in ${this.#folder}: ${(error as Error).message}`);
    }
  }
}

const warnOf = (what: string) => (error: Error) => console.error(`${what}: ${error.message}`);

/**
 * Removes old encodings, and those that exceed the size of the cache; also temporary files of renders that were killed.
 */
async function evict(folder: string): Promise<void> {
  const files: CacheEntry[] = [];
  for (const name of await readdir(folder)) {
    if (!/^[0-9a-f]{64}\.f32(?:\.\d+)?$/.test(name)) continue;
    const path = join(folder, name);
    // Another render may remove it at the same time.
    const info = await stat(path).catch(() => null);
    if (info) files.push({ path, size: info.size, usedMs: info.mtimeMs });
  }
  for (const { path } of toEvict(files, LIMITS)) await rm(path, { force: true });
}
