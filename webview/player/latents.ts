import type { Picture } from './picture.ts';

/** The clip during sampling: small pictures of all frames, 8-bit RGB `[frames, height, width, 3]`. */
export class Latents {
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  readonly #rgb: Uint8Array;
  readonly #canvases = new Map<number, OffscreenCanvas>();

  /** @throws Error if the bytes do not have this shape */
  constructor(rgb: Uint8Array, frames: number, width: number, height: number) {
    if (rgb.byteLength !== 3 * frames * width * height) {
      throw new Error(`Latents of ${frames} frames of ${width} × ${height} have ${rgb.byteLength} bytes.`);
    }
    this.frames = frames;
    this.width = width;
    this.height = height;
    this.#rgb = rgb;
  }

  picture(frame: number): Picture | null {
    if (frame < 0 || frame >= this.frames) return null;
    const image = this.#canvases.get(frame) ?? this.#draw(frame);
    return { image, width: this.width, height: this.height, coarse: true };
  }

  #draw(frame: number): OffscreenCanvas {
    const canvas = new OffscreenCanvas(this.width, this.height);
    const pixels = this.width * this.height;
    const data = new ImageData(this.width, this.height);
    for (let i = 0, from = 3 * frame * pixels; i < pixels; i++, from += 3) {
      data.data[4 * i] = this.#rgb[from]!;
      data.data[4 * i + 1] = this.#rgb[from + 1]!;
      data.data[4 * i + 2] = this.#rgb[from + 2]!;
      data.data[4 * i + 3] = 255;
    }
    canvas.getContext('2d')?.putImageData(data, 0, 0);
    if (this.#canvases.size >= 512) this.#canvases.clear();
    this.#canvases.set(frame, canvas);
    return canvas;
  }
}
