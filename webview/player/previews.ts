import { type Picture, pictureOf } from './picture.ts';

/** In memory; more than a clip usually has. */
const MOST = 128;

/** Frames of a running render as a small network decoded them. Each is shown until its next one is there. */
export class Previews {
  readonly #images = new Map<number, ImageBitmap>();
  readonly #changed: () => void;
  readonly #failed: (error: unknown) => void;
  /** Counts what was cleared. */
  #turn = 0;

  constructor(changed: () => void, failed: (error: unknown) => void) {
    this.#changed = changed;
    this.#failed = failed;
  }

  picture(frame: number): Picture | null {
    const image = this.#images.get(frame);
    return image === undefined ? null : { ...pictureOf(image), coarse: true };
  }

  add(frame: number, image: Uint8Array, mime: string): void {
    const turn = this.#turn;
    createImageBitmap(new Blob([image as BlobPart], { type: mime })).then(
      (decoded) => {
        if (turn === this.#turn) this.#set(frame, decoded);
        else decoded.close();
      },
      (error: unknown) => this.#failed(error),
    );
  }

  clear(): void {
    this.#turn++;
    for (const image of this.#images.values()) image.close();
    this.#images.clear();
  }

  #set(frame: number, image: ImageBitmap): void {
    this.#images.get(frame)?.close();
    this.#images.delete(frame);
    for (const [oldest, bitmap] of this.#images) {
      if (this.#images.size < MOST) break;
      bitmap.close();
      this.#images.delete(oldest);
    }
    this.#images.set(frame, image);
    this.#changed();
  }
}
