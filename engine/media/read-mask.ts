import { gaussianBlurAlong } from '../annotators/opencv/gaussian-blur.ts';
import type { Picture } from '../annotators/picture.ts';
import { decoded } from './read-image.ts';
import { LANCZOS, resample } from './resample.ts';

/** A1111's default `mask_blur`, in pixels of the mask. */
export const MASK_BLUR = 4;

/** As A1111: five halves of the blur, on both sides. */
const KERNEL_LENGTH = 2 * Math.trunc(2.5 * MASK_BLUR + 0.5) + 1;

/**
 * A mask at the size of a frame, as A1111's img2img prepares it for “Whole picture” (`StableDiffusionProcessingImg2Img.init`,
 * processing.py): of an image with transparency, what is opaque; else its brightness. It is blurred, and stretched with
 * Lanczos' filter.
 *
 * @param path absolute
 * @param width pixels, as `height`
 * @throws RenderError if it cannot be decoded
 * @returns `[height, width]`; 255 is painted anew, 0 is kept
 */
export async function readMask(path: string, width: number, height: number): Promise<Uint8Array> {
  const mask = await readBrightness(path);
  const rows = gaussianBlurAlong('rows', mask, MASK_BLUR, KERNEL_LENGTH);
  const blurred = gaussianBlurAlong('columns', rows, MASK_BLUR, KERNEL_LENGTH);
  return resample(blurred.data, blurred, { width, height }, LANCZOS);
}

/**
 * A mask in its own size: of an image with transparency, what is opaque; else its brightness.
 *
 * @param path absolute
 * @throws RenderError if it cannot be decoded
 * @returns gray
 */
export async function readBrightness(path: string): Promise<Picture> {
  const { data, info } = await decoded(path, 'mask', (image) => image.toColourspace('srgb').ensureAlpha().raw());
  return { width: info.width, height: info.height, channels: 1, data: maskOf(data) };
}

/** @param rgba `[pixels, 4]` */
function maskOf(rgba: Uint8Array): Uint8Array {
  let isOpaque = true;
  for (let alpha = 3; alpha < rgba.length && isOpaque; alpha += 4) isOpaque = rgba[alpha] === 255;
  return Uint8Array.from({ length: rgba.length / 4 }, (_, pixel) => {
    const at = 4 * pixel;
    if (!isOpaque) return rgba[at + 3]! > 128 ? 255 : 0;
    // Pillow's conversion to gray.
    return (19595 * rgba[at]! + 38470 * rgba[at + 1]! + 7471 * rgba[at + 2]! + 32768) >> 16;
  });
}
