import { webpFrames } from '../../videos/webp.ts';
import { loadSharp } from '../media/load-sharp.ts';
import type { Animation } from './animation.ts';

const HAS_ALPHA = 0x10;

/**
 * The frames of an animated WebP. Those that are not whole are left out.
 *
 * @returns null for a WebP that is one image
 */
export function webpAnimation(bytes: Buffer): Animation | null {
  const animation = webpFrames(bytes);
  if (!animation) return null;
  const { frames, ...canvas } = animation;
  return {
    ...canvas,
    parts: frames.map(({ chunks, ...frame }) => ({
      ...frame,
      pixels: async () => {
        const sharp = await loadSharp();
        return sharp(stillImage(chunks, frame.width, frame.height))
          .ensureAlpha()
          .raw()
          .toBuffer();
      },
    })),
  };
}

/** A WebP file of one image. An image with a chunk for its alpha needs the extended header. */
function stillImage(chunks: Buffer, width: number, height: number): Buffer {
  const extended = Buffer.alloc(18);
  extended.write('VP8X', 0, 'latin1');
  extended.writeUInt32LE(10, 4);
  extended[8] = HAS_ALPHA;
  extended.writeUIntLE(width - 1, 12, 3);
  extended.writeUIntLE(height - 1, 15, 3);
  const content = Buffer.concat([...(chunks.toString('latin1', 0, 4) === 'ALPH' ? [extended] : []), chunks]);
  const head = Buffer.alloc(12);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(content.length + 4, 4);
  head.write('WEBP', 8, 'latin1');
  return Buffer.concat([head, content]);
}
