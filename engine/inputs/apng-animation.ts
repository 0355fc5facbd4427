import { loadSharp } from '../media/load-sharp.ts';
import { pngChunk } from '../media/png.ts';
import type { Animation, AnimationPart } from './animation.ts';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

const END = pngChunk('IEND', Buffer.alloc(0));

/** What a frame control chunk says. */
interface Control extends Omit<AnimationPart, 'pixels'> {
  /** The contents of its chunks with image data. */
  readonly data: Buffer[];
}

/**
 * The frames of an APNG. Those that are not whole are left out, and so is a first image that is not part of the
 * animation.
 * Format: https://www.w3.org/TR/png-3/#apng-frame-based-animation
 *
 * @returns null for a PNG that is one image
 */
export function apngAnimation(bytes: Buffer): Animation | null {
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const shared: Buffer[] = [];
  const controls: Control[] = [];
  let isAnimated = false;
  let isComplete = false;
  let offset = SIGNATURE.length;
  while (offset + 12 <= bytes.length) {
    const kind = bytes.toString('latin1', offset + 4, offset + 8);
    const end = offset + 12 + bytes.readUInt32BE(offset);
    if (end > bytes.length) break;
    const content = bytes.subarray(offset + 8, end - 4);
    const current = controls.at(-1);
    if (kind === 'acTL') isAnimated = true;
    else if (kind === 'fcTL' && content.length >= 26) controls.push(controlOf(content));
    else if (kind === 'IDAT') current?.data.push(content);
    else if (kind === 'fdAT') current?.data.push(content.subarray(4));
    else if (controls.length === 0 && kind !== 'IHDR') shared.push(bytes.subarray(offset, end));
    if (kind === 'IEND') isComplete = true;
    if (kind === 'IDAT' && !isAnimated) return null;
    offset = end;
  }
  if (!isAnimated) return null;
  // Of a file that ends early, nobody knows whether the last frame is whole.
  const whole = isComplete ? controls : controls.slice(0, -1);
  const header = bytes.subarray(16, 29);
  return { width, height, parts: whole.map((control) => partOf(control, header, shared)), isCutOff: !isComplete };
}

function controlOf(content: Buffer): Control {
  const [delay, denominator] = [content.readUInt16BE(20), content.readUInt16BE(22)];
  return {
    width: content.readUInt32BE(4),
    height: content.readUInt32BE(8),
    x: content.readUInt32BE(12),
    y: content.readUInt32BE(16),
    milliseconds: (delay * 1000) / (denominator === 0 ? 100 : denominator),
    disposal: content[24] === 1 ? 'clear' : content[24] === 2 ? 'previous' : 'keep',
    blend: content[25] === 1 ? 'over' : 'replace',
    data: [],
  };
}

/** @param header the content of the file's IHDR @param shared its other chunks before the images, such as the palette */
function partOf({ data, ...control }: Control, header: Buffer, shared: readonly Buffer[]): AnimationPart {
  return {
    ...control,
    pixels: async () => {
      const own = Buffer.from(header);
      own.writeUInt32BE(control.width, 0);
      own.writeUInt32BE(control.height, 4);
      const file = [SIGNATURE, pngChunk('IHDR', own), ...shared, pngChunk('IDAT', Buffer.concat(data)), END];
      const sharp = await loadSharp();
      return sharp(Buffer.concat(file)).toColourspace('srgb').ensureAlpha().raw({ depth: 'uchar' }).toBuffer();
    },
  };
}
