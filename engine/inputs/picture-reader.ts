import { BoundedCache } from '../bounded-cache.ts';
import { OneAtATime } from '../one-at-a-time.ts';
import type { PlanPicture } from './pictures.ts';

/** Of pictures that were read before they were needed, or while others were. */
const MOST_BYTES = 2 ** 27;

/**
 * Pictures of videos that are needed about in the order in which they are shown. They are decoded when they are needed; a
 * video is read again from a picture that was passed and is not in memory any more.
 */
export class PictureReader {
  readonly #open: (wanted: ReadonlySet<number>) => AsyncIterable<PlanPicture>;
  readonly #order: readonly number[];
  readonly #passed = new BoundedCache<number, Uint8Array>(() => MOST_BYTES);
  #reading: AsyncIterator<PlanPicture> | null = null;
  readonly #turns = new OneAtATime();

  /**
   * @param order positions in the plan's images, in the order in which they are needed
   * @param open reads pictures, such as `planPictures`
   */
  constructor(order: readonly number[], open: (wanted: ReadonlySet<number>) => AsyncIterable<PlanPicture>) {
    this.#order = order;
    this.#open = open;
  }

  /** 8-bit RGB. @throws what reading it throws */
  get(index: number): Promise<Uint8Array> {
    return this.#turns.run(() => this.#get(index));
  }

  /** Ends the program that decodes. */
  close(): Promise<void> {
    return this.#turns.run(() => this.#stop());
  }

  async #get(index: number): Promise<Uint8Array> {
    const kept = this.#passed.get(index);
    if (kept) return kept;
    const found = (this.#reading && (await this.#readTo(index, this.#reading))) ?? (await this.#restart(index));
    if (!found) throw new Error(`The picture ${index} was not read.`);
    return found;
  }

  async #restart(index: number): Promise<Uint8Array | null> {
    await this.#stop();
    const wanted = new Set(this.#order.slice(this.#order.indexOf(index)));
    this.#reading = this.#open(wanted)[Symbol.asyncIterator]();
    return this.#readTo(index, this.#reading);
  }

  async #stop(): Promise<void> {
    await this.#reading?.return?.();
    this.#reading = null;
  }

  async #readTo(index: number, reading: AsyncIterator<PlanPicture>): Promise<Uint8Array | null> {
    for (;;) {
      const { done, value } = await reading.next();
      if (done) return null;
      const rgb = new Uint8Array(value.rgb);
      for (const other of value.indices) this.#passed.set(other, rgb);
      if (value.indices.includes(index)) return rgb;
    }
  }
}
