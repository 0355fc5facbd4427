import type { FileRef } from '../../plan/plan.ts';
import { isCancellation } from '../failure.ts';
import type { Film } from './film/film.ts';
import { unchangedState } from './model-files.ts';
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
    const states = [];
    for (const file of files) states.push(await unchangedState(file));
    const identity = JSON.stringify([states, options]);
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
 * Models that stay open from one render to the next, at most one of each kind, because each keeps the memory of its
 * runs. One render at a time uses the store.
 */
export class ModelStore {
  readonly textEncoder = new ModelSlot<TextEncoder>();
  readonly unet = new ModelSlot<UNet>();
  readonly vae = new ModelSlot<Vae>();
  /** If the VAE that decodes has no encoder. */
  readonly vaeEncoder = new ModelSlot<Vae>();
  readonly film = new ModelSlot<Film>();
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
    const slots = [this.textEncoder, this.unet, this.vae, this.vaeEncoder, this.film];
    await Promise.all(slots.map((slot) => slot.release()));
  }

  #releaseIdle(): void {
    this.release().catch((error: Error) => console.error(`Idle models could not be released: ${error.message}`));
  }
}
