import { RenderError } from '../failure.ts';
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
  const sharp = await loadSharp();
  try {
    const { data } = await sharp(path, { limitInputPixels: false })
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .resize(width, height, { fit: 'fill', kernel: 'lanczos3', fastShrinkOnLoad: false })
      .raw()
      .toBuffer({ resolveWithObject: true });
    return data;
  } catch (error) {
    throw new RenderError(
      'unsupported',
      `The image ${path} cannot be read: ${(error as Error).message}. Use another image.`,
    );
  }
}
