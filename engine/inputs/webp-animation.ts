import { loadSharp } from '../media/load-sharp.ts';
import type { Animation, AnimationPart } from './animation.ts';

const IS_ANIMATED = 0x02;
const HAS_ALPHA = 0x10;

/**
 * The frames of an animated WebP. Those that are not whole are left out.
 * Container: https://developers.google.com/speed/webp/docs/riff_container
 *
 * @returns null for a WebP that is one image
 */
export function webpAnimation(bytes: Buffer): Animation | null {
  if (bytes.toString('latin1', 12, 16) !== 'VP8X' || bytes.length < 30 || !(bytes[20]! & IS_ANIMATED)) return null;
  const [width, height] = [bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1];
  const parts: AnimationPart[] = [];
  let offset = 12;
  while (offset + 8 <= bytes.length) {
    const start = offset + 8;
    const end = start + bytes.readUInt32LE(offset + 4);
    if (end > bytes.length) break;
    if (bytes.toString('latin1', offset, offset + 4) === 'ANMF' && end - start > 16) {
      parts.push(partOf(bytes.subarray(start, end)));
    }
    offset = end + (end & 1);
  }
  return { width, height, parts, isCutOff: bytes.length < bytes.readUInt32LE(4) + 8 };
}

/** @param frame the content of an ANMF chunk: its place, size and duration, then chunks of a still image */
function partOf(frame: Buffer): AnimationPart {
  const [width, height] = [frame.readUIntLE(6, 3) + 1, frame.readUIntLE(9, 3) + 1];
  const flags = frame[15]!;
  return {
    x: frame.readUIntLE(0, 3) * 2,
    y: frame.readUIntLE(3, 3) * 2,
    width,
    height,
    milliseconds: frame.readUIntLE(12, 3),
    disposal: flags & 1 ? 'clear' : 'keep',
    blend: flags & 2 ? 'replace' : 'over',
    pixels: async () => {
      const sharp = await loadSharp();
      return sharp(stillImage(frame.subarray(16), width, height))
        .ensureAlpha()
        .raw()
        .toBuffer();
    },
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
