import { setImmediate } from 'node:timers/promises';
import gifenc from 'gifenc';
import { GET_AGAIN } from '../../plan/get-again.ts';
import type { MediaFormat, Metadata } from './format.ts';
import { type Clip, timed } from './frames.ts';
import { isRecord, NoRecordError } from './record.ts';
import { rgba } from './rgba.ts';

/** In hundredths of a second. Browsers show a frame of one for ten; a delay is a 16-bit number. */
const SHORTEST = 2;
const LONGEST = 2 ** 16 - 1;
/** The application extension that holds the record: 8 bytes of name, 3 of version. */
const APPLICATION = 'PTRAVEL 1.0';

/**
 * An animated GIF with 256 colors per frame. The infotext is its comment, where A1111 looks for it; the record has its
 * own application extension, so that no reader confuses the two.
 * Format: https://www.w3.org/Graphics/GIF/spec-gif89a.txt
 */
export const gif: MediaFormat = { extension: '.gif', encode, read, magic: /^GIF8[79]a/ };

async function encode(clip: Clip, metadata: Metadata, signal?: AbortSignal): Promise<Uint8Array> {
  const { width, height } = clip;
  const encoder = gifenc.GIFEncoder({ initialCapacity: width * height });
  // The extension counts how often the clip is played again; a clip that plays once has no extension.
  const repeat = clip.loop === 0 ? 0 : clip.loop === 1 ? -1 : clip.loop - 1;
  for (const { index, ticks } of timed(clip, 100, SHORTEST, LONGEST)) {
    signal?.throwIfAborted();
    const pixels = rgba(await clip.rgb(index));
    const palette = gifenc.quantize(pixels, 256, { format: 'rgb565' });
    encoder.writeFrame(gifenc.applyPalette(pixels, palette, 'rgb565'), width, height, {
      palette,
      delay: ticks * 10,
      repeat,
    });
    await setImmediate();
  }
  encoder.finish();
  return withExtensions(Buffer.from(encoder.bytes()), metadata);
}

function read(bytes: Buffer): string | undefined {
  for (const { label, data } of extensions(bytes)) {
    const [name, ...rest] = data;
    if (label !== APPLICATION_LABEL || name?.toString('latin1') !== APPLICATION) continue;
    const text = Buffer.concat(rest).toString('latin1');
    if (isRecord(text)) return text;
  }
  return undefined;
}

const APPLICATION_LABEL = 0xff;
export const COMMENT_LABEL = 0xfe;

/**
 * The extensions of a GIF, with their blocks.
 *
 * @throws NoRecordError when the file is truncated or damaged
 */
export function* extensions(bytes: Buffer): Generator<{ readonly label: number; readonly data: Buffer[] }> {
  let offset = headerLength(bytes);
  while (offset < bytes.length) {
    const introducer = bytes[offset];
    if (introducer === 0x3b) return;
    if (introducer === 0x21) {
      const { data, end } = subBlocks(bytes, offset + 2);
      yield { label: bytes[offset + 1]!, data };
      offset = end;
    } else if (introducer === 0x2c && offset + 10 < bytes.length) {
      offset = subBlocks(bytes, offset + 10 + colorTableLength(bytes[offset + 9]!) + 1).end;
    } else {
      break;
    }
  }
  throw new NoRecordError(`is truncated or damaged: it ends in the middle of a GIF. ${GET_AGAIN}`);
}

function withExtensions(file: Buffer, { record, infotext }: Metadata): Buffer {
  const start = headerLength(file);
  const loop = file[start] === 0x21 && file[start + 1] === 0xff;
  const at = loop ? subBlocks(file, start + 2).end : start;
  return Buffer.concat([
    file.subarray(0, at),
    Buffer.from([0x21, 0xff, APPLICATION.length]),
    Buffer.from(APPLICATION, 'latin1'),
    toSubBlocks(Buffer.from(record, 'latin1')),
    Buffer.from([0x21, 0xfe]),
    toSubBlocks(Buffer.from(infotext, 'utf8')),
    file.subarray(at),
  ]);
}

function headerLength(bytes: Buffer): number {
  return 13 + colorTableLength(bytes[10] ?? 0);
}

function colorTableLength(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

/** Blocks of 1 to 255 bytes, each preceded by its length, then a zero. */
function toSubBlocks(data: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let start = 0; start < data.length; start += 255) {
    const block = data.subarray(start, start + 255);
    parts.push(Buffer.from([block.length]), block);
  }
  return Buffer.concat([...parts, Buffer.from([0])]);
}

function subBlocks(bytes: Buffer, start: number): { data: Buffer[]; end: number } {
  const data: Buffer[] = [];
  let offset = start;
  while (offset < bytes.length) {
    const length = bytes[offset]!;
    offset += 1;
    if (length === 0) return { data, end: offset };
    data.push(bytes.subarray(offset, offset + length));
    offset += length;
  }
  return { data, end: bytes.length };
}
