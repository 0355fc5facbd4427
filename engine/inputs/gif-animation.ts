import type { Animation, AnimationPart } from './animation.ts';

const TRAILER = 0x3b;
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const GRAPHIC_CONTROL = 0xf9;

/** What a graphic control extension says about the next image. */
interface Control {
  readonly milliseconds: number;
  readonly disposal: AnimationPart['disposal'];
  readonly transparent: number | null;
}

const NO_CONTROL: Control = { milliseconds: 0, disposal: 'keep', transparent: null };

/**
 * The images of a GIF. Those that are not whole are left out.
 * Format: https://www.w3.org/Graphics/GIF/spec-gif89a.txt
 */
export function gifAnimation(bytes: Buffer): Animation {
  const [width, height] = [bytes.readUInt16LE(6), bytes.readUInt16LE(8)];
  const globalColors = colorTable(bytes, 13, bytes[10]!);
  const parts: AnimationPart[] = [];
  let control = NO_CONTROL;
  let offset = 13 + globalColors.length;
  while (offset < bytes.length) {
    const kind = bytes[offset];
    if (kind === TRAILER) return { width, height, parts, isCutOff: false };
    if (kind === EXTENSION) {
      if (bytes[offset + 1] === GRAPHIC_CONTROL && offset + 8 <= bytes.length) control = controlAt(bytes, offset + 3);
      const end = endOfBlocks(bytes, offset + 2);
      if (end === null) break;
      offset = end;
    } else if (kind === IMAGE && offset + 10 < bytes.length) {
      const flags = bytes[offset + 9]!;
      const localColors = colorTable(bytes, offset + 10, flags);
      const data = offset + 10 + localColors.length;
      const end = endOfBlocks(bytes, data + 1);
      if (end === null) break;
      parts.push(partOf(bytes, offset, data, control, localColors.length > 0 ? localColors : globalColors));
      control = NO_CONTROL;
      offset = end;
    } else {
      break;
    }
  }
  return { width, height, parts, isCutOff: true };
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

function partOf(bytes: Buffer, offset: number, data: number, control: Control, colors: Buffer): AnimationPart {
  const [x, y] = [bytes.readUInt16LE(offset + 1), bytes.readUInt16LE(offset + 3)];
  const [width, height] = [bytes.readUInt16LE(offset + 5), bytes.readUInt16LE(offset + 7)];
  const isInterlaced = (bytes[offset + 9]! & 0x40) !== 0;
  return {
    x,
    y,
    width,
    height,
    milliseconds: control.milliseconds,
    disposal: control.disposal,
    blend: 'over',
    pixels: async () => {
      const indices = lzwDecoded(blocksAt(bytes, data + 1), bytes[data]!, width * height);
      const rows = isInterlaced ? interlacedRows(height) : null;
      const rgba = new Uint8Array(width * height * 4);
      for (let i = 0; i < indices.length; i++) {
        const index = indices[i]!;
        if (index === control.transparent || index * 3 + 2 >= colors.length) continue;
        const row = Math.floor(i / width);
        const to = ((rows ? rows[row]! : row) * width + (i % width)) * 4;
        rgba[to] = colors[index * 3]!;
        rgba[to + 1] = colors[index * 3 + 1]!;
        rgba[to + 2] = colors[index * 3 + 2]!;
        rgba[to + 3] = 255;
      }
      return rgba;
    },
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

function blocksAt(bytes: Buffer, start: number): Buffer {
  const blocks: Buffer[] = [];
  for (let offset = start; bytes[offset]; offset += bytes[offset]! + 1) {
    blocks.push(bytes.subarray(offset + 1, offset + 1 + bytes[offset]!));
  }
  return Buffer.concat(blocks);
}

/** The rows of an interlaced image in the order of the file: every 8th, those between, and so on. */
function interlacedRows(height: number): number[] {
  const rows: number[] = [];
  for (const [first, step] of [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2],
  ] as const) {
    for (let row = first; row < height; row += step) rows.push(row);
  }
  return rows;
}

/** Codes are at most 12 bits long. */
const MOST_CODES = 4096;

/** GIF's variable-length LZW: color indices, as many as there are, at most `most`. */
function lzwDecoded(data: Buffer, minimumBits: number, most: number): Uint8Array {
  const out = new Uint8Array(most);
  const clearCode = 1 << minimumBits;
  const prefix = new Uint16Array(MOST_CODES);
  const suffix = new Uint8Array(MOST_CODES);
  const lengths = new Uint16Array(MOST_CODES);
  for (let code = 0; code < clearCode; code++) {
    suffix[code] = code;
    lengths[code] = 1;
  }
  let [bits, next, previous] = [minimumBits + 1, clearCode + 2, -1];
  let [buffer, buffered, at, written] = [0, 0, 0, 0];
  while (written < most) {
    while (buffered < bits && at < data.length) {
      buffer |= data[at++]! << buffered;
      buffered += 8;
    }
    if (buffered < bits) break;
    const code = buffer & ((1 << bits) - 1);
    buffer >>>= bits;
    buffered -= bits;
    if (code === clearCode) {
      [bits, next, previous] = [minimumBits + 1, clearCode + 2, -1];
      continue;
    }
    if (code === clearCode + 1 || code > next || (code === next && previous < 0)) break;
    // A code that is not known yet is the previous one with its own first color.
    const known = code < next ? code : previous;
    const length = lengths[known]!;
    const first = written;
    let position = first + length - 1;
    for (let walk = known; ; walk = prefix[walk]!) {
      if (position < most) out[position] = suffix[walk]!;
      position--;
      if (lengths[walk] === 1) break;
    }
    const firstColor = out[first]!;
    written = first + length;
    if (code === next && written < most) out[written] = firstColor;
    if (code === next) written++;
    if (previous >= 0 && next < MOST_CODES) {
      prefix[next] = previous;
      suffix[next] = firstColor;
      lengths[next] = lengths[previous]! + 1;
      next++;
      if (next === 1 << bits && bits < 12) bits++;
    }
    previous = code;
  }
  return out.subarray(0, Math.min(written, most));
}
