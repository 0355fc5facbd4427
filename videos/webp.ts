import type { AnimationFrame, AnimationFrames } from './animation-frames.ts';

const IS_ANIMATED = 0x02;

/** A frame of a WebP. */
export interface WebpFrame extends AnimationFrame {
  /** Chunks of a still image. */
  readonly chunks: Buffer;
}

/**
 * The frames of an animated WebP. Those that are not whole are left out.
 * Container: https://developers.google.com/speed/webp/docs/riff_container
 *
 * @returns null for a WebP that is one image
 */
export function webpFrames(bytes: Buffer): AnimationFrames<WebpFrame> | null {
  if (bytes.toString('latin1', 12, 16) !== 'VP8X' || bytes.length < 30 || !(bytes[20]! & IS_ANIMATED)) return null;
  const [width, height] = [bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1];
  const frames: WebpFrame[] = [];
  let offset = 12;
  while (offset + 8 <= bytes.length) {
    const start = offset + 8;
    const end = start + bytes.readUInt32LE(offset + 4);
    if (end > bytes.length) break;
    if (bytes.toString('latin1', offset, offset + 4) === 'ANMF' && end - start > 16) {
      frames.push(frameOf(bytes.subarray(start, end)));
    }
    offset = end + (end & 1);
  }
  return { width, height, frames, isCutOff: bytes.length < bytes.readUInt32LE(4) + 8 };
}

/** @param frame the content of an ANMF chunk: its place, size and duration, then chunks of a still image */
function frameOf(frame: Buffer): WebpFrame {
  const flags = frame[15]!;
  return {
    x: frame.readUIntLE(0, 3) * 2,
    y: frame.readUIntLE(3, 3) * 2,
    width: frame.readUIntLE(6, 3) + 1,
    height: frame.readUIntLE(9, 3) + 1,
    milliseconds: frame.readUIntLE(12, 3),
    disposal: flags & 1 ? 'clear' : 'keep',
    blend: flags & 2 ? 'replace' : 'over',
    chunks: frame.subarray(16),
  };
}
