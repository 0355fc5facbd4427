import type { AnimationFrame } from '../../videos/animation-frames.ts';

/** A frame of an animation that can be decoded. */
export interface AnimationPart extends AnimationFrame {
  /** 8-bit RGBA, `width * height * 4`. */
  readonly pixels: () => Promise<Uint8Array>;
}

/** A GIF, animated WebP or APNG. Only what is needed is decoded. */
export interface Animation {
  /** Pixels of the canvas. */
  readonly width: number;
  readonly height: number;
  /** Whole ones. */
  readonly parts: readonly AnimationPart[];
  /** Whether the file ends in the middle. */
  readonly isCutOff: boolean;
}

/**
 * The frames of an animation one after the other, composed as browsers do. One canvas is kept, however long it is.
 *
 * @returns the canvas, 8-bit RGBA, which the next one changes
 */
export async function* composed({ width, height, parts }: Animation): AsyncGenerator<Uint8Array> {
  const canvas = new Uint8Array(width * height * 4);
  let before: Uint8Array | null = null;
  for (const part of parts) {
    if (part.disposal === 'previous') before = canvas.slice();
    draw(canvas, width, height, part, await part.pixels());
    yield canvas;
    if (part.disposal === 'clear') clear(canvas, width, height, part);
    if (part.disposal === 'previous' && before) canvas.set(before);
  }
}

function draw(canvas: Uint8Array, width: number, height: number, part: AnimationPart, pixels: Uint8Array): void {
  const [columns, rows] = [Math.min(part.width, width - part.x), Math.min(part.height, height - part.y)];
  for (let row = 0; row < rows; row++) {
    let to = ((part.y + row) * width + part.x) * 4;
    let from = row * part.width * 4;
    for (let column = 0; column < columns; column++, to += 4, from += 4) {
      const alpha = pixels[from + 3]!;
      if (part.blend === 'replace' || alpha === 255 || canvas[to + 3] === 0) {
        canvas.set(pixels.subarray(from, from + 4), to);
      } else if (alpha > 0) {
        blendPixel(canvas, to, pixels, from, alpha / 255);
      }
    }
  }
}

/** Porter and Duff's "over", with colors that are not multiplied by their alpha. */
function blendPixel(canvas: Uint8Array, to: number, pixels: Uint8Array, from: number, alpha: number): void {
  const under = (canvas[to + 3]! / 255) * (1 - alpha);
  const sum = alpha + under;
  for (let channel = 0; channel < 3; channel++) {
    canvas[to + channel] = Math.round((pixels[from + channel]! * alpha + canvas[to + channel]! * under) / sum);
  }
  canvas[to + 3] = Math.round(sum * 255);
}

function clear(canvas: Uint8Array, width: number, height: number, { x, y, ...part }: AnimationPart): void {
  const end = Math.min(x + part.width, width);
  for (let row = y; row < Math.min(y + part.height, height); row++) {
    canvas.fill(0, (row * width + x) * 4, (row * width + end) * 4);
  }
}

/** RGBA laid on white: what is transparent becomes white, as in A1111's img2img and sd-webui-controlnet. */
export function onWhite(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const alpha = rgba[from + 3]!;
    for (let channel = 0; channel < 3; channel++) {
      rgb[to + channel] =
        alpha === 255 ? rgba[from + channel]! : Math.round((rgba[from + channel]! * alpha + 255 * (255 - alpha)) / 255);
    }
  }
  return rgb;
}
