import * as l10n from '@vscode/l10n';
import type { Decoded, FrameDecoder } from './frame-decoder.ts';

/** Decoded frames that the browser's decoder may keep for itself. */
export const MOST_KEPT = 32;

/** Takes over the bytes. @throws Error with one sentence for the person */
export async function openAnimation(bytes: Uint8Array<ArrayBuffer>, mime: string): Promise<FrameDecoder> {
  if (!('ImageDecoder' in globalThis) || !(await ImageDecoder.isTypeSupported(mime))) {
    throw new Error(l10n.t('This version of VS Code cannot show {0} files.', mime));
  }
  // A view into a larger buffer would hand over what is not ours.
  const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
  const decoder = new ImageDecoder({ data: own, type: mime, preferAnimation: true, transfer: [own.buffer] });
  try {
    await Promise.all([decoder.tracks.ready, decoder.completed]);
    const frames = decoder.tracks.selectedTrack?.frameCount ?? 0;
    if (frames === 0) throw new Error('The file has no frames.');
    return new AnimationDecoder(decoder, frames);
  } catch (error) {
    decoder.close();
    throw new Error(l10n.t('The file is damaged and cannot be shown.'), { cause: error });
  }
}

/** One file with all frames, which stay encoded. */
class AnimationDecoder implements FrameDecoder {
  readonly #decoder: ImageDecoder;
  readonly frames: number;
  #last = 0;
  #inOrder = true;
  /** Decoded since the first jump. */
  #kept = 0;

  constructor(decoder: ImageDecoder, frames: number) {
    this.#decoder = decoder;
    this.frames = frames;
  }

  async decode(index: number): Promise<Decoded> {
    this.#limitKept(index);
    const { image } = await this.#decoder.decode({ frameIndex: index });
    // Chromium keeps each video frame that is drawn in a cache of 512 MB.
    try {
      return await createImageBitmap(image);
    } finally {
      image.close();
    }
  }

  /**
   * Chromium's decoder keeps one frame while frames are decoded in order, and each of them after the first jump
   * (`ImageDecoderCore`). When its track is selected again, it drops them and starts in order, without the file being
   * read again.
   */
  #limitKept(index: number): void {
    const track = this.#decoder.tracks.selectedTrack;
    if (!this.#inOrder && track !== null && (index === 0 || this.#kept >= MOST_KEPT)) {
      track.selected = false;
      track.selected = true;
      this.#last = 0;
      this.#inOrder = true;
    }
    this.#inOrder &&= index === this.#last || index === (this.#last + 1) % this.frames;
    this.#kept = this.#inOrder ? 1 : this.#kept + 1;
    this.#last = index;
  }

  close(): void {
    this.#decoder.close();
  }
}
