import { type GifFrame, gifFrames } from '../../videos/gif.ts';
import type { Animation } from './animation.ts';

/** The images of a GIF. Those that are not whole are left out. */
export function gifAnimation(bytes: Buffer): Animation {
  const { frames, ...canvas } = gifFrames(bytes);
  return { ...canvas, parts: frames.map((frame) => ({ ...frame, pixels: async () => pixelsOf(bytes, frame) })) };
}

function pixelsOf(bytes: Buffer, { width, height, isInterlaced, transparent, colors, data }: GifFrame): Uint8Array {
  const indices = lzwDecoded(blocksAt(bytes, data + 1), bytes[data]!, width * height);
  const rows = isInterlaced ? interlacedRows(height) : null;
  const rgba = new Uint8Array(width * height * 4);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (index === transparent || index * 3 + 2 >= colors.length) continue;
    const row = Math.floor(i / width);
    const to = ((rows ? rows[row]! : row) * width + (i % width)) * 4;
    rgba[to] = colors[index * 3]!;
    rgba[to + 1] = colors[index * 3 + 1]!;
    rgba[to + 2] = colors[index * 3 + 2]!;
    rgba[to + 3] = 255;
  }
  return rgba;
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
