import { fileName } from '../../plan/paths.ts';
import type { Picture } from '../annotators/picture.ts';
import { RenderError } from '../failure.ts';
import { type PixelSize, type SourcePicture, tooLarge } from '../inputs/source.ts';
import { loadSharp } from './load-sharp.ts';

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
  const sharp = await loadSharp();
  try {
    const { autoOrient } = await sharp(path, { limitInputPixels: false }).metadata();
    // The size is found by the header, before anything is decoded.
    const problem = tooLarge(fileName(path), autoOrient.width, autoOrient.height);
    if (problem !== null) throw new RenderError('unsupported', problem);
    const image = sharp(path, { limitInputPixels: false })
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb');
    const sized = size
      ? image.resize(size.width, size.height, { fit: 'fill', kernel: 'lanczos3', fastShrinkOnLoad: false })
      : image;
    const { data, info } = await sized.raw().toBuffer({ resolveWithObject: true });
    return { picture: { width: info.width, height: info.height, rgb: data }, upright: autoOrient };
  } catch (error) {
    if (error instanceof RenderError) throw error;
    throw unreadable(path, error as Error);
  }
}

/**
 * An image as it is, turned as its EXIF data says.
 *
 * @param path absolute
 * @throws RenderError if it cannot be decoded
 * @returns 8-bit RGB, or RGB and alpha; of an animation, its first frame
 */
export async function readWithAlpha(path: string): Promise<Picture> {
  const sharp = await loadSharp();
  try {
    const { autoOrient } = await sharp(path, { limitInputPixels: false }).metadata();
    const problem = tooLarge(fileName(path), autoOrient.width, autoOrient.height);
    if (problem !== null) throw new RenderError('unsupported', problem);
    const { data, info } = await sharp(path, { limitInputPixels: false })
      .autoOrient()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    return { width, height, channels, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  } catch (error) {
    if (error instanceof RenderError) throw error;
    throw unreadable(path, error as Error);
  }
}

function unreadable(path: string, error: Error): RenderError {
  return new RenderError('unsupported', `The image ${path} cannot be read: ${error.message}. Use another image.`);
}
