import type { HostMessage } from '../../protocol/preview.ts';

/** A decoded picture. Its memory is freed by `close`. */
export type Decoded = ImageBitmap;

export interface FrameDecoder {
  readonly frames: number;
  /** @param index below `frames` */
  decode(index: number): Promise<Decoded>;
  close(): void;
}

type ClipContent = Extract<HostMessage, { type: 'clip' }>['content'];

/** Takes over the bytes: they are in the memory of the decoder only. @throws Error with one sentence for the person */
export async function openDecoder(content: Exclude<ClipContent, { kind: 'unsupported' }>): Promise<FrameDecoder> {
  switch (content.kind) {
    case 'frames':
      return new PictureDecoder(content.images.map((bytes) => new Blob([bytes as BlobPart], { type: content.mime })));
    case 'animation':
      return openAnimation(content.bytes as Uint8Array<ArrayBuffer>, content.mime);
  }
}

async function openAnimation(bytes: Uint8Array<ArrayBuffer>, mime: string): Promise<FrameDecoder> {
  if (!('ImageDecoder' in globalThis) || !(await ImageDecoder.isTypeSupported(mime))) {
    throw new Error(`This version of VS Code cannot show ${mime} files.`);
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
    throw new Error('The file is damaged and cannot be shown.', { cause: error });
  }
}

/** One file with all frames, which stay encoded. */
class AnimationDecoder implements FrameDecoder {
  readonly #decoder: ImageDecoder;
  readonly frames: number;

  constructor(decoder: ImageDecoder, frames: number) {
    this.#decoder = decoder;
    this.frames = frames;
  }

  async decode(index: number): Promise<Decoded> {
    const { image } = await this.#decoder.decode({ frameIndex: index });
    // Chromium keeps each video frame that is drawn in a cache of 512 MB.
    try {
      return await createImageBitmap(image);
    } finally {
      image.close();
    }
  }

  close(): void {
    this.#decoder.close();
  }
}

/** A picture for each frame. */
class PictureDecoder implements FrameDecoder {
  readonly #pictures: readonly Blob[];

  constructor(pictures: readonly Blob[]) {
    this.#pictures = pictures;
  }

  get frames(): number {
    return this.#pictures.length;
  }

  decode(index: number): Promise<Decoded> {
    return createImageBitmap(this.#pictures[index]!);
  }

  close(): void {}
}
