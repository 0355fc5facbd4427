import { type ApngFrames, apngFrames } from '../../videos/apng.ts';
import { loadSharp } from '../media/load-sharp.ts';
import { pngChunk } from '../media/png.ts';
import type { Animation, AnimationPart } from './animation.ts';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

const END = pngChunk('IEND', Buffer.alloc(0));

/**
 * The frames of an APNG. Those that are not whole are left out, and so is a first image that is not part of the
 * animation.
 *
 * @returns null for a PNG that is one image
 */
export function apngAnimation(bytes: Buffer): Animation | null {
  const animation = apngFrames(bytes);
  if (!animation) return null;
  const { width, height, frames, isCutOff } = animation;
  return { width, height, parts: frames.map((frame) => partOf(frame, animation)), isCutOff };
}

function partOf({ data, ...frame }: ApngFrames['frames'][number], { header, shared }: ApngFrames): AnimationPart {
  return {
    ...frame,
    pixels: async () => {
      const own = Buffer.from(header);
      own.writeUInt32BE(frame.width, 0);
      own.writeUInt32BE(frame.height, 4);
      const file = [SIGNATURE, pngChunk('IHDR', own), ...shared, pngChunk('IDAT', Buffer.concat(data)), END];
      const sharp = await loadSharp();
      return sharp(Buffer.concat(file)).toColourspace('srgb').ensureAlpha().raw({ depth: 'uchar' }).toBuffer();
    },
  };
}
