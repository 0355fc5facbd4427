import { whyUnreadable } from '../../disk/why-unreadable.ts';
import { fileName } from '../../plan/paths.ts';
import type { Picture } from '../annotators/picture.ts';
import { RenderError } from '../failure.ts';
import { type PixelSize, type SourcePicture, tooLarge } from '../inputs/source.ts';
import { loadSharp, type SharpImage } from './load-sharp.ts';

/**
 * An image at the size of a frame, as A1111's img2img prepares it: turned as its EXIF data says, transparent parts on
 * white, and stretched with Lanczos' filter ("Just resize").
 *
 * @param path absolute
 * @param width pixels, as `height`
 * @throws RenderError if it cannot be decoded
 * @returns 8-bit RGB `[height, width, 3]`; of an animation, its first frame
 */
export async function readImage(path: string, width: number, height: number): Promise<Uint8Array> {
  return (await readPicture(path, { width, height })).picture.rgb;
}

/** The same with any size. @param size null: its own @returns `upright`: its own size, after it was turned */
export async function readPicture(
  path: string,
  size: PixelSize | null,
): Promise<{ readonly picture: SourcePicture; readonly upright: PixelSize }> {
  const { data, info, upright } = await decoded(path, 'image', (image) => {
    const opaque = image.flatten({ background: '#ffffff' }).toColourspace('srgb');
    const sized = size
      ? opaque.resize(size.width, size.height, { fit: 'fill', kernel: 'lanczos3', fastShrinkOnLoad: false })
      : opaque;
    return sized.raw();
  });
  return { picture: { width: info.width, height: info.height, rgb: data }, upright };
}

/**
 * An image as it is, turned as its EXIF data says.
 *
 * @param path absolute
 * @throws RenderError if it cannot be decoded
 * @returns 8-bit RGB, or RGB and alpha; of an animation, its first frame
 */
export async function readWithAlpha(path: string): Promise<Picture> {
  const { data, info } = await decoded(path, 'image', (image) => image.toColourspace('srgb').raw({ depth: 'uchar' }));
  const { width, height, channels } = info;
  return { width, height, channels, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/**
 * The values of an image file, turned as its EXIF data says. Its size is found by the header, before anything is decoded.
 *
 * @param what the file is for, in messages
 * @param prepare what is done to it, down to raw values
 * @throws RenderError if it is too large, or cannot be decoded
 */
export async function decoded(path: string, what: 'image' | 'mask', prepare: (image: SharpImage) => SharpImage) {
  const sharp = await loadSharp();
  try {
    const { autoOrient } = await sharp(path, { limitInputPixels: false }).metadata();
    const problem = tooLarge(fileName(path), autoOrient.width, autoOrient.height);
    if (problem !== null) throw new RenderError('unsupported', problem);
    const image = prepare(sharp(path, { limitInputPixels: false }).autoOrient());
    return { ...(await image.toBuffer({ resolveWithObject: true })), upright: autoOrient };
  } catch (error) {
    if (error instanceof RenderError) throw error;
    const is = await whyUnreadable(path);
    if (is !== null) throw new RenderError('unsupported', `The ${what} ${path} ${is}`);
    const reason = 'it is damaged or not an image. Use a PNG, JPEG, WebP, TIFF or GIF file.';
    throw new RenderError('unsupported', `The ${what} ${path} cannot be read: ${reason}`);
  }
}
