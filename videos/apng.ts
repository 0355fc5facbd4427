import type { AnimationFrame, AnimationFrames } from './animation-frames.ts';

/** Bytes of the signature of a PNG. */
const SIGNATURE = 8;

/** A frame of an APNG. */
export interface ApngFrame extends AnimationFrame {
  /** The contents of its chunks with image data. */
  readonly data: readonly Buffer[];
}

export interface ApngFrames extends AnimationFrames<ApngFrame> {
  /** The content of the file's IHDR. */
  readonly header: Buffer;
  /** Its other chunks before the images, such as the palette. */
  readonly shared: readonly Buffer[];
}

/**
 * The frames of an APNG. Those that are not whole are left out, and so is a first image that is not part of the
 * animation.
 * Format: https://www.w3.org/TR/png-3/#apng-frame-based-animation
 *
 * @returns null for a PNG that is one image
 */
export function apngFrames(bytes: Buffer): ApngFrames | null {
  const shared: Buffer[] = [];
  const frames: (ApngFrame & { readonly data: Buffer[] })[] = [];
  let isAnimated = false;
  let isComplete = false;
  let offset = SIGNATURE;
  while (offset + 12 <= bytes.length) {
    const kind = bytes.toString('latin1', offset + 4, offset + 8);
    const end = offset + 12 + bytes.readUInt32BE(offset);
    if (end > bytes.length) break;
    const content = bytes.subarray(offset + 8, end - 4);
    const current = frames.at(-1);
    if (kind === 'acTL') isAnimated = true;
    else if (kind === 'fcTL' && content.length >= 26) frames.push({ ...controlOf(content), data: [] });
    else if (kind === 'IDAT') current?.data.push(content);
    else if (kind === 'fdAT') current?.data.push(content.subarray(4));
    else if (frames.length === 0 && kind !== 'IHDR') shared.push(bytes.subarray(offset, end));
    if (kind === 'IEND') isComplete = true;
    if (kind === 'IDAT' && !isAnimated) return null;
    offset = end;
  }
  if (!isAnimated) return null;
  return {
    width: bytes.readUInt32BE(16),
    height: bytes.readUInt32BE(20),
    // Of a file that ends early, nobody knows whether the last frame is whole.
    frames: isComplete ? frames : frames.slice(0, -1),
    isCutOff: !isComplete,
    header: bytes.subarray(16, 29),
    shared,
  };
}

/** What a frame control chunk says. */
function controlOf(content: Buffer): AnimationFrame {
  const [delay, denominator] = [content.readUInt16BE(20), content.readUInt16BE(22)];
  return {
    width: content.readUInt32BE(4),
    height: content.readUInt32BE(8),
    x: content.readUInt32BE(12),
    y: content.readUInt32BE(16),
    milliseconds: (delay * 1000) / (denominator === 0 ? 100 : denominator),
    disposal: content[24] === 1 ? 'clear' : content[24] === 2 ? 'previous' : 'keep',
    blend: content[25] === 1 ? 'over' : 'replace',
  };
}
