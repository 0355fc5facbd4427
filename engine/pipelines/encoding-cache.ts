import { ENCODED_PROMPT } from '../../protocol/cache-layout.ts';
import { CachedFiles } from '../cached-files.ts';
import type { CacheLimits } from '../eviction.ts';

/** Of all encodings together. */
const LIMITS: CacheLimits = { age: 30 * 24 * 60 * 60 * 1000, bytes: 2 ** 30 };

/**
 * Encoded prompts on disk, by the text encoder and everything else that they depend on. The content of each file is its
 * values as little-endian float32.
 */
export class EncodingCache {
  readonly #files: CachedFiles;
  readonly #textEncoder: string;

  /**
   * @param folder absolute path; null: nothing is cached
   * @param textEncoder identifies the text encoder with its LoRAs and embeddings, and the state of their files
   */
  constructor(folder: string | null, textEncoder: string) {
    this.#files = new CachedFiles({ folder, ending: ENCODED_PROMPT, limits: LIMITS, what: 'encoded prompts' });
    this.#textEncoder = textEncoder;
  }

  /**
   * The cached encoding of a key, or a new one.
   *
   * @param key everything that the encoding depends on besides the text encoder
   * @param length number of float32 values of the encoding; a file of another length, or a damaged one, is replaced
   */
  async get(key: string, length: number, encode: () => Promise<Float32Array>): Promise<Float32Array> {
    const whole = `${this.#textEncoder}\0${key}`;
    const cached = await this.#files.get(whole);
    if (cached?.length === length * 4) return new Float32Array(cached.buffer);
    const encoding = await encode();
    await this.#files.put(whole, new Uint8Array(encoding.buffer, encoding.byteOffset, encoding.byteLength));
    await this.#files.evict();
    return encoding;
  }
}
