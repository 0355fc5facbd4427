import type { AnimationFrame, AnimationFrames } from './animation-frames.ts';

const TRAILER = 0x3b;
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const GRAPHIC_CONTROL = 0xf9;

/** What a graphic control extension says about the next image. */
interface Control {
  readonly milliseconds: number;
  readonly disposal: AnimationFrame['disposal'];
  /** Index of the color that is not drawn; null: none. */
  readonly transparent: number | null;
}

const NO_CONTROL: Control = { milliseconds: 0, disposal: 'keep', transparent: null };

/** An image of a GIF. */
export interface GifFrame extends AnimationFrame {
  readonly isInterlaced: boolean;
  readonly transparent: number | null;
  /** 3 bytes each. */
  readonly colors: Buffer;
  /** Where its data starts: the size of the first codes, then sub-blocks. */
  readonly data: number;
}

/**
 * The images of a GIF. Those that are not whole are left out.
 * Format: https://www.w3.org/Graphics/GIF/spec-gif89a.txt
 */
export function gifFrames(bytes: Buffer): AnimationFrames<GifFrame> {
  const [width, height] = [bytes.readUInt16LE(6), bytes.readUInt16LE(8)];
  const globalColors = colorTable(bytes, 13, bytes[10]!);
  const frames: GifFrame[] = [];
  let control = NO_CONTROL;
  let offset = 13 + globalColors.length;
  while (offset < bytes.length) {
    const kind = bytes[offset];
    if (kind === TRAILER) return { width, height, frames, isCutOff: false };
    if (kind === EXTENSION) {
      if (bytes[offset + 1] === GRAPHIC_CONTROL && offset + 8 <= bytes.length) control = controlAt(bytes, offset + 3);
      const end = endOfBlocks(bytes, offset + 2);
      if (end === null) break;
      offset = end;
    } else if (kind === IMAGE && offset + 10 < bytes.length) {
      const localColors = colorTable(bytes, offset + 10, bytes[offset + 9]!);
      const data = offset + 10 + localColors.length;
      const end = endOfBlocks(bytes, data + 1);
      if (end === null) break;
      frames.push(frameAt(bytes, offset, data, control, localColors.length > 0 ? localColors : globalColors));
      control = NO_CONTROL;
      offset = end;
    } else {
      break;
    }
  }
  return { width, height, frames, isCutOff: true };
}

function controlAt(bytes: Buffer, offset: number): Control {
  const flags = bytes[offset]!;
  const method = (flags >> 2) & 7;
  return {
    milliseconds: bytes.readUInt16LE(offset + 1) * 10,
    disposal: method === 2 ? 'clear' : method === 3 ? 'previous' : 'keep',
    transparent: flags & 1 ? bytes[offset + 3]! : null,
  };
}

function frameAt(bytes: Buffer, offset: number, data: number, control: Control, colors: Buffer): GifFrame {
  return {
    x: bytes.readUInt16LE(offset + 1),
    y: bytes.readUInt16LE(offset + 3),
    width: bytes.readUInt16LE(offset + 5),
    height: bytes.readUInt16LE(offset + 7),
    ...control,
    blend: 'over',
    isInterlaced: (bytes[offset + 9]! & 0x40) !== 0,
    colors,
    data,
  };
}

function colorTable(bytes: Buffer, offset: number, flags: number): Buffer {
  return bytes.subarray(offset, offset + (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0));
}

/** Where sub-blocks end; null if the file ends before. */
function endOfBlocks(bytes: Buffer, start: number): number | null {
  let offset = start;
  while (offset < bytes.length) {
    const length = bytes[offset]!;
    if (length === 0) return offset + 1;
    offset += length + 1;
  }
  return null;
}
