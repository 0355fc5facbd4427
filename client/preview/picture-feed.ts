import type { Disposable } from 'vscode';
import type { HostMessage } from '../../protocol/preview.ts';
import type { JobPicture } from '../../protocol/renders.ts';

/** At most five updates a second. */
const INTERVAL_MS = 200;

/** Sends the pictures of a running job at a rate that people can see: of latents the newest, of each frame the newest. */
export class PictureFeed implements Disposable {
  readonly #post: (message: HostMessage) => void;
  #latents: JobPicture | null = null;
  readonly #frames = new Map<number, JobPicture>();
  #timer: NodeJS.Timeout | number | undefined;

  constructor(post: (message: HostMessage) => void) {
    this.#post = post;
  }

  receive(picture: JobPicture): void {
    if (picture.kind === 'latents') this.#latents = picture;
    else this.#frames.set(picture.frame, picture);
    if (this.#timer === undefined) this.#send();
  }

  /** The job has ended, or nobody looks: what waits is dropped. */
  clear(): void {
    this.#latents = null;
    this.#frames.clear();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.clear();
  }

  #send(): void {
    this.#timer = undefined;
    const pictures = [...(this.#latents ? [this.#latents] : []), ...this.#frames.values()];
    if (pictures.length === 0) return;
    this.clear();
    for (const picture of pictures) this.#post(messageOf(picture));
    this.#timer = setTimeout(() => this.#send(), INTERVAL_MS);
  }
}

function messageOf(picture: JobPicture): HostMessage {
  if (picture.kind !== 'latents') {
    return { type: picture.kind, frame: picture.frame, image: bytesOf(picture.webp), mime: 'image/webp' };
  }
  const { step, frames, width, height, rgb } = picture;
  return { type: 'latents', step, frames, width, height, rgb: bytesOf(rgb) };
}

/** With memory of its own: a part of a larger buffer would be sent whole. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
