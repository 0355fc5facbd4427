import type { Decoded, FrameDecoder } from './frame-decoder.ts';
import { FrameRing } from './frame-ring.ts';
import { type Picture, pictureOf } from './picture.ts';

/** Decoded frames in memory: enough for a second and more of look-ahead. */
export const RING = 32;

/** Height of a thumbnail in device pixels: twice the film's. */
const THUMBNAIL_HEIGHT = 88;
/** Thumbnails in memory: more than fit on a wide screen. */
const MOST_THUMBNAILS = 400;

/** Decodes one frame after the other: what is shown next first, then thumbnails. */
export class ClipPlayer {
  readonly #decoder: FrameDecoder;
  readonly #ring = new FrameRing<Decoded>(RING);
  readonly #thumbnails = new Map<number, ImageBitmap>();
  readonly #changed: () => void;
  readonly #failed: (error: unknown) => void;
  #missing: readonly number[] = [];
  #missingThumbnails: readonly number[] = [];
  #last = 0;
  readonly #broken = new Set<number>();
  #working = false;
  #closed = false;

  constructor(decoder: FrameDecoder, changed: () => void, failed: (error: unknown) => void) {
    this.#decoder = decoder;
    this.#changed = changed;
    this.#failed = failed;
  }

  get frames(): number {
    return this.#decoder.frames;
  }

  /** Decoded frames in memory, for tests. */
  get held(): number {
    return this.#ring.size;
  }

  /** The frame, or the one before it that was shown until it is decoded. */
  picture(index: number): Picture | null {
    const wanted = this.#ring.get(index);
    if (wanted !== undefined) this.#last = index;
    const image = wanted ?? this.#ring.get(this.#last);
    return image === undefined ? null : pictureOf(image);
  }

  /** The frame itself, and nothing else. */
  exactPicture(index: number): Picture | null {
    const image = this.#ring.get(index);
    return image === undefined ? null : pictureOf(image);
  }

  thumbnail(index: number): Picture | null {
    const image = this.#thumbnails.get(index);
    return image === undefined ? null : pictureOf(image);
  }

  /** @param indices what is shown next, the shown frame first */
  want(indices: readonly number[]): void {
    this.#missing = this.#ring.want(this.#possible(indices));
    this.#work();
  }

  /** There is another picture of a frame. */
  forget(index: number): void {
    this.#ring.remove(index);
    this.#thumbnails.get(index)?.close();
    this.#thumbnails.delete(index);
    this.#broken.delete(index);
  }

  wantThumbnails(indices: readonly number[]): void {
    const missing = this.#possible(indices).filter((index) => !this.#thumbnails.has(index));
    this.#missingThumbnails = missing.slice(0, MOST_THUMBNAILS);
    this.#work();
  }

  #possible(indices: readonly number[]): readonly number[] {
    return indices.filter((index) => index >= 0 && index < this.frames && !this.#broken.has(index));
  }

  close(): void {
    this.#closed = true;
    this.#ring.clear();
    for (const image of this.#thumbnails.values()) image.close();
    this.#thumbnails.clear();
    this.#decoder.close();
  }

  #work(): void {
    if (this.#working || this.#closed) return;
    this.#working = true;
    this.#decodeAll().catch((error) => {
      this.#working = false;
      if (!this.#closed) this.#failed(error);
    });
  }

  async #decodeAll(): Promise<void> {
    for (;;) {
      const index = this.#missing[0] ?? this.#missingThumbnails[0];
      if (index === undefined || this.#closed) {
        // At once, not when the promise is settled: what is wanted in between would be forgotten.
        this.#working = false;
        return;
      }
      const shown = this.#missing[0] === index;
      const image = await this.#decode(index);
      if (image === null) continue;
      if (this.#missingThumbnails.includes(index)) await this.#addThumbnail(index, image);
      if (this.#closed) return image.close();
      this.#missing = this.#missing.filter((other) => other !== index);
      // A frame decoded for its thumbnail would push out one that is shown soon.
      if (shown) this.#ring.set(index, image);
      else image.close();
      this.#changed();
    }
  }

  /** @returns null for a frame that is damaged, which is reported once, and never tried again */
  async #decode(index: number): Promise<Decoded | null> {
    try {
      return await this.#decoder.decode(index);
    } catch (error) {
      this.#broken.add(index);
      this.#missing = this.#missing.filter((other) => other !== index);
      this.#missingThumbnails = this.#missingThumbnails.filter((other) => other !== index);
      if (!this.#closed) this.#failed(error);
      return null;
    }
  }

  async #addThumbnail(index: number, image: Decoded): Promise<void> {
    const thumbnail = await createImageBitmap(image, { resizeHeight: THUMBNAIL_HEIGHT, resizeQuality: 'medium' });
    if (this.#closed) return thumbnail.close();
    for (const oldest of this.#thumbnails.keys()) {
      if (this.#thumbnails.size < MOST_THUMBNAILS) break;
      this.#thumbnails.get(oldest)?.close();
      this.#thumbnails.delete(oldest);
    }
    this.#thumbnails.set(index, thumbnail);
    this.#missingThumbnails = this.#missingThumbnails.filter((other) => other !== index);
  }
}
