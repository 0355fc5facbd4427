import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../media/replace-file.ts';

/** Encodings that were not used for this long are removed. */
const MAX_AGE_MS = 30 * 24 * 60 * 60 * 1000;
/** If all encodings take more, those that were not used for the longest time are removed. */
const MAX_BYTES = 2 ** 30;
/** Of SHA-256, before the values. */
const CHECKSUM_BYTES = 32;

/**
 * Encoded prompts on disk, by the text encoder and everything else that they depend on. Each file is the SHA-256 of its
 * values, and the values as little-endian float32.
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
    const path = join(this.#folder, `${name}.f32`);
    const cached = await readCached(path);
    if (cached?.length === length) {
      // The time of last use, for eviction.
      const now = new Date();
      await utimes(path, now, now).catch(warnOf(`Could not mark ${path} as used`));
      return cached;
    }
    const encoding = await encode();
    await this.#write(path, encoding);
    return encoding;
  }

  /** If the cache cannot be written, the next render encodes again. */
  async #write(path: string, data: Float32Array): Promise<void> {
    try {
      await replaceFile(path, bytesOf(data));
      await evict(this.#folder!);
    } catch (error) {
      console.error(`Could not cache encoded prompts in ${this.#folder}: ${(error as Error).message}`);
    }
  }
}

const warnOf = (what: string) => (error: Error) => console.error(`${what}: ${error.message}`);

function bytesOf(data: Float32Array): Buffer {
  const values = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat([checksum(values), values]);
}

const checksum = (values: Uint8Array) => createHash('sha256').update(values).digest();

/** Removes old encodings, and those that exceed the size of the cache; also temporary files of renders that were killed. */
async function evict(folder: string): Promise<void> {
  const files: { readonly path: string; readonly size: number; readonly used: number }[] = [];
  for (const name of await readdir(folder)) {
    if (!/^[0-9a-f]{64}\.f32(?:\.\d+)?$/.test(name)) continue;
    const path = join(folder, name);
    // Another render may remove it at the same time.
    const info = await stat(path).catch(() => null);
    if (info) files.push({ path, size: info.size, used: info.mtimeMs });
  }
  let bytes = 0;
  for (const { path, size, used } of files.sort((a, b) => b.used - a.used)) {
    bytes += size;
    if (bytes > MAX_BYTES || Date.now() - used > MAX_AGE_MS) await rm(path, { force: true });
  }
}

async function readCached(path: string): Promise<Float32Array | null> {
  try {
    const bytes = await readFile(path);
    const values = Uint8Array.from(bytes.subarray(CHECKSUM_BYTES));
    if (values.length % 4 !== 0 || !checksum(values).equals(bytes.subarray(0, CHECKSUM_BYTES))) return null;
    return new Float32Array(values.buffer);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') console.error(`Could not read the cached encoding ${path}: ${message}`);
    return null;
  }
}
