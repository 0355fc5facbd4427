import type { HostMessage } from '../../protocol/preview.ts';
import { openAnimation } from './animation-decoder.ts';
import type { Decoded, FrameDecoder } from './frame-decoder.ts';

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
