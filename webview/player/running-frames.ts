import { ClipPlayer } from './clip-player.ts';
import type { Decoded, FrameDecoder } from './frame-decoder.ts';

/** The frames of a running render that are decoded so far. They stay encoded, as those of a clip. */
export class RunningFrames implements FrameDecoder {
  readonly #pictures = new Map<number, Blob>();
  #frames = 0;
  readonly player: ClipPlayer;

  constructor(changed: () => void, failed: (error: unknown) => void) {
    this.player = new ClipPlayer(this, changed, failed);
  }

  get frames(): number {
    return this.#frames;
  }

  has(frame: number): boolean {
    return this.#pictures.has(frame);
  }

  add(frame: number, image: Uint8Array, mime: string): void {
    this.#pictures.set(frame, new Blob([image as BlobPart], { type: mime }));
    this.#frames = Math.max(this.#frames, frame + 1);
    this.player.forget(frame);
  }

  async decode(frame: number): Promise<Decoded> {
    const picture = this.#pictures.get(frame);
    if (picture === undefined) throw new Error(`Frame ${frame} is not there yet.`);
    return createImageBitmap(picture);
  }

  close(): void {
    this.#pictures.clear();
  }
}
