import { type Picture, pictureOf } from './picture.ts';

interface InputPicture {
  readonly blob: Blob;
  /** For an `<img>`. */
  readonly address: string;
}

/** Of those that are laid over the result: the shown frame, and some that follow. */
const MOST_DECODED = 8;

/** Small pictures of a strip. */
const MOST_THUMBNAILS = 128;
/** Device pixels: twice the height of the strip. */
const THUMBNAIL_HEIGHT = 72;

interface Events {
  readonly changed: () => void;
  readonly failed: (error: unknown) => void;
}

/** Source frames and hints by their numbers. They stay encoded, except the few that canvases draw. */
export class InputPictures {
  readonly #pictures = new Map<number, InputPicture>();
  readonly #whole: DecodedPictures;
  readonly #small: DecodedPictures;
  readonly #changed: () => void;

  constructor(changed: () => void, failed: (error: unknown) => void) {
    this.#changed = changed;
    const events = { changed, failed };
    this.#whole = new DecodedPictures(MOST_DECODED, {}, events);
    const size = { resizeHeight: THUMBNAIL_HEIGHT, resizeQuality: 'high' } as const;
    this.#small = new DecodedPictures(MOST_THUMBNAILS, size, events);
  }

  add(id: number, image: Uint8Array, mime: string): void {
    this.#remove(id);
    const blob = new Blob([image as BlobPart], { type: mime });
    this.#pictures.set(id, { blob, address: URL.createObjectURL(blob) });
    this.#changed();
  }

  has(id: number): boolean {
    return this.#pictures.has(id);
  }

  /** null until it is there. */
  address(id: number): string | null {
    return this.#pictures.get(id)?.address ?? null;
  }

  /** For a canvas; null until it is decoded, which `changed` reports. */
  picture(id: number): Picture | null {
    return this.#whole.picture(id, this.#pictures.get(id)?.blob);
  }

  /** The same, small. */
  thumbnail(id: number): Picture | null {
    return this.#small.picture(id, this.#pictures.get(id)?.blob);
  }

  /** Frees pictures that nothing names any more. */
  keepOnly(ids: ReadonlySet<number>): void {
    for (const id of [...this.#pictures.keys()]) if (!ids.has(id)) this.#remove(id);
  }

  #remove(id: number): void {
    this.#whole.forget(id);
    this.#small.forget(id);
    const found = this.#pictures.get(id);
    if (found) URL.revokeObjectURL(found.address);
    this.#pictures.delete(id);
  }
}

/** The pictures that were used last, decoded. */
class DecodedPictures {
  readonly #most: number;
  readonly #options: ImageBitmapOptions;
  readonly #events: Events;
  /** The one that was used last at the end; null: it is being decoded, or cannot be. */
  readonly #decoded = new Map<number, ImageBitmap | null>();

  constructor(most: number, options: ImageBitmapOptions, events: Events) {
    this.#most = most;
    this.#options = options;
    this.#events = events;
  }

  picture(id: number, blob: Blob | undefined): Picture | null {
    if (blob === undefined) return null;
    const found = this.#decoded.get(id);
    this.#decoded.delete(id);
    this.#decoded.set(id, found ?? null);
    if (found === undefined) void this.#decode(id, blob);
    return found ? pictureOf(found) : null;
  }

  forget(id: number): void {
    this.#decoded.get(id)?.close();
    this.#decoded.delete(id);
  }

  async #decode(id: number, blob: Blob): Promise<void> {
    try {
      const image = await createImageBitmap(blob, this.#options);
      // It was forgotten meanwhile.
      if (this.#decoded.get(id) !== null) return image.close();
      this.#decoded.set(id, image);
      for (const old of [...this.#decoded.keys()].slice(0, -this.#most)) this.forget(old);
      this.#events.changed();
    } catch (error) {
      this.#events.failed(error);
    }
  }
}
