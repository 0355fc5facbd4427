import { stat } from 'node:fs/promises';
import type { FileRef } from '../../plan/plan.ts';
import { isCancellation, RenderError } from '../failure.ts';
import type { TextEncoder } from './text-encoder/text-encoder.ts';
import type { UNet } from './unet/unet.ts';
import type { Vae } from './vae/vae.ts';

/** What an opened model depends on. Models of equal identity are interchangeable. */
export interface ModelIdentity {
  /** All files that the model is opened from. */
  readonly files: readonly FileRef[];
  /** Everything else, as JSON. */
  readonly options: unknown;
}

/** Keeps one model open until another one is needed in its place. */
export class ModelSlot<T extends { release(): Promise<void> }> {
  #open: { readonly identity: string; readonly model: T } | undefined;

  /**
   * The open model if it has this identity, else a new one that replaces it.
   *
   * @throws RenderError when one of the files is missing or differs from its `FileRef`; whatever `open` throws
   */
  async acquire({ files, options }: ModelIdentity, open: () => Promise<T>): Promise<T> {
    for (const file of files) await checkUnchanged(file);
    const identity = JSON.stringify([files, options]);
    if (this.#open?.identity === identity) return this.#open.model;
    await this.release();
    const model = await open();
    this.#open = { identity, model };
    return model;
  }

  async release(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.model.release();
  }
}

/** How long models stay open after a render. */
const IDLE_MS = 5 * 60 * 1000;

/**
 * Models that stay open from one render to the next, at most one of each kind, because each keeps the memory of its runs.
 * One render at a time uses the store.
 */
export class ModelStore {
  readonly textEncoder = new ModelSlot<TextEncoder>();
  readonly unet = new ModelSlot<UNet>();
  readonly vae = new ModelSlot<Vae>();
  readonly #idleMs: number;
  #inUse = false;
  #idleTimer: NodeJS.Timeout | undefined;

  /** @param idleMs milliseconds from the end of a render until all models are released */
  constructor(idleMs = IDLE_MS) {
    this.#idleMs = idleMs;
  }

  /**
   * Run a render. Its models stay open afterwards, except after a failure, because one of them may be the cause.
   *
   * @throws Error while another render uses the store; whatever `render` throws
   */
  async use<T>(render: () => Promise<T>): Promise<T> {
    if (this.#inUse) throw new Error('The engine renders one plan at a time, and another render is still running.');
    this.#inUse = true;
    clearTimeout(this.#idleTimer);
    try {
      return await render();
    } catch (error) {
      if (!isCancellation(error)) await this.release();
      throw error;
    } finally {
      this.#inUse = false;
      this.#idleTimer = setTimeout(() => this.#releaseIdle(), this.#idleMs).unref();
    }
  }

  /** Release all models. */
  async release(): Promise<void> {
    await Promise.all([this.textEncoder.release(), this.unet.release(), this.vae.release()]);
  }

  #releaseIdle(): void {
    this.release().catch((error: Error) => console.error(`Idle models could not be released: ${error.message}`));
  }
}

/**
 * Files are mapped into memory. Reading a mapped file that was truncated ends the process, so each file is checked before
 * it is used.
 *
 * @throws RenderError
 */
export async function checkUnchanged({ path, size, mtimeMs }: FileRef): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new RenderError('bad-model', `Cannot open the model file ${path} (${error.code}). Was it moved or deleted?`);
  });
  if (found.size !== size || Math.abs(found.mtimeMs - mtimeMs) > 1) {
    throw new RenderError(
      'file-changed',
      `The model file ${path} changed after the render was planned (${size} → ${found.size} bytes). Render again.`,
    );
  }
}
