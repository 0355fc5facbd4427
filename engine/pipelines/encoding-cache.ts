import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../media/make-folder.ts';

/** Encoded prompts on disk, by the text encoder and everything else that they depend on. */
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
   * @param length number of float32 values of the encoding; a file of another length is replaced
   */
  async get(key: string, length: number, encode: () => Promise<Float32Array>): Promise<Float32Array> {
    if (this.#folder === null) return encode();
    const name = createHash('sha256').update(this.#textEncoder).update('\0').update(key).digest('hex');
    const path = join(this.#folder, `${name}.f32`);
    const cached = await readCached(path);
    if (cached?.length === length) return cached;
    const encoding = await encode();
    await this.#write(path, encoding);
    return encoding;
  }

  /** If the cache cannot be written, the next render encodes again. */
  async #write(path: string, data: Float32Array): Promise<void> {
    const temporary = `${path}.${process.pid}`;
    try {
      await makeFolder(this.#folder!);
      await writeFile(temporary, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      await rename(temporary, path);
    } catch (error) {
      console.error(`Could not cache encoded prompts in ${this.#folder}: ${(error as Error).message}`);
    }
  }
}

async function readCached(path: string): Promise<Float32Array | null> {
  try {
    const bytes = await readFile(path);
    if (bytes.length % 4 !== 0) return null;
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') console.error(`Could not read the cached encoding ${path}: ${message}`);
    return null;
  }
}
