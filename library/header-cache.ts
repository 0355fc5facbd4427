import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeOwnFile } from '../disk/write-own-file.ts';
import type { ModelDescription } from '../plan/model.ts';
import type { FileRef } from '../plan/plan.ts';
import { MODEL_HEADERS } from '../protocol/cache-layout.ts';

/** The contents of a model file's header, or why it cannot be read. */
export type DescribedModel =
  | { readonly ok: true; readonly file: FileRef; readonly description: ModelDescription }
  | {
      readonly ok: false;
      readonly reason: string;
      /** There is no such file. */
      readonly missing?: true;
    };

/**
 * Increase it with every change of `ModelDescription` or of how files are described: files of other formats are
 * ignored.
 */
const FORMAT = 5;

/** Several large collections; about 6 MB. */
const MOST_ENTRIES = 20_000;

/** A larger file was not written by this program. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Path, stamp and model. The checksum proves that this program wrote the model, so its shape is not checked again. */
const Entries = z.array(z.tuple([z.string(), z.string(), z.custom<DescribedModel>((value) => value !== null)]));

interface Entry {
  readonly stamp: string;
  readonly model: DescribedModel;
}

/**
 * Headers of model files, by path and stamp (size and times of the file). Kept in memory and, if there is a file for
 * it, on disk: one line with the format and a checksum, one line of JSON. At most 20,000 are kept on disk, the latest
 * used.
 */
export class HeaderCache {
  readonly #path: string | null;
  /** Ordered by use, the latest last. */
  readonly #entries = new Map<string, Entry>();
  /** Paths of entries that are valid only in this process. */
  readonly #temporary = new Set<string>();
  #loading: Promise<void> | null = null;
  #saving: Promise<void> = Promise.resolve();
  #changed = false;

  /** @param path absolute path of the file on disk; null keeps headers in memory only */
  constructor(path: string | null = null) {
    this.#path = path;
  }

  /** The header of a file, if the file is unchanged since it was stored. */
  async get(path: string, stamp: string): Promise<DescribedModel | null> {
    this.#loading ??= this.#load();
    await this.#loading;
    const entry = this.#entries.get(path);
    if (entry?.stamp !== stamp) return null;
    this.#entries.delete(path);
    this.#entries.set(path, entry);
    return entry.model;
  }

  /** @param lasting whether it is valid as long as the file is unchanged; otherwise it is not written to disk */
  set(path: string, stamp: string, model: DescribedModel, lasting: boolean): void {
    this.#entries.delete(path);
    this.#entries.set(path, { stamp, model });
    if (lasting) this.#temporary.delete(path);
    else this.#temporary.add(path);
    this.#changed ||= lasting;
  }

  /** Writes new headers to disk, if there are any. Never rejects: without the file, headers are read again. */
  save(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#write());
    return this.#saving;
  }

  async #load(): Promise<void> {
    const entries = this.#path === null ? null : await readEntries(this.#path);
    for (const [path, stamp, model] of entries ?? []) this.#entries.set(path, { stamp, model });
  }

  async #write(): Promise<void> {
    if (!this.#changed || this.#path === null) return;
    this.#changed = false;
    const lasting = [...this.#entries].filter(([path]) => !this.#temporary.has(path));
    const entries = lasting.slice(-MOST_ENTRIES).map(([path, { stamp, model }]) => [path, stamp, model] as const);
    await writeOwnFile(this.#path, encode(JSON.stringify(entries))).catch(() => {
      // A read-only or full disk: headers are read again after the next start.
    });
  }
}

/** The headers that all programs on this computer share. */
export function openHeaderCache(cacheFolder: string): HeaderCache {
  return new HeaderCache(join(cacheFolder, MODEL_HEADERS));
}

const encode = (json: string) => `${FORMAT} ${checksum(json)}\n${json}`;

const checksum = (json: string) => createHash('sha256').update(json).digest('hex');

/** null if the file does not exist, is damaged, or has another format. */
async function readEntries(path: string): Promise<z.infer<typeof Entries> | null> {
  try {
    const handle = await open(path);
    await using _ = { [Symbol.asyncDispose]: () => handle.close() };
    const info = await handle.stat();
    if (!info.isFile() || info.size > MOST_BYTES) return null;
    const text = (await handle.readFile()).toString();
    const json = text.slice(text.indexOf('\n') + 1);
    return text === encode(json) ? Entries.parse(JSON.parse(json)) : null;
  } catch {
    // Every header is read from its model file again.
    return null;
  }
}
