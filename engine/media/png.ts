import { deflateSync, inflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { NamedBytes } from './atomic.ts';
import type { Clip } from './frames.ts';
import { isSealed, NoRecordError } from './metadata.ts';

/** Keyword of the text chunk that holds the sealed plan; the infotext is under A1111's `parameters`. */
const KEYWORD = 'travel';
const SIGNATURE_LENGTH = 8;
const IHDR_LENGTH = 25;

/** Pillow, and so A1111, refuses a picture with a compressed text that is longer than 1 MiB. */
const LONGEST_COMPRESSED = 2 ** 20;
/** No plan is longer; a small chunk that inflates to more is hostile. */
const LONGEST_INFLATED = 2 ** 28;

/** Frames encoded at once, so that all cores of a small machine work. */
const BATCH = 4;

/** The clip's frames in display order as `00000.png`, `00001.png`, …, each with the sealed plan and the infotext. */
export async function* encodePngs(
  clip: Clip,
  sealed: string,
  infotext: string,
  signal?: AbortSignal,
): AsyncGenerator<NamedBytes> {
  const texts = Buffer.concat([textChunk('parameters', infotext, false), textChunk(KEYWORD, sealed, true)]);
  for (let start = 0; start < clip.count; start += BATCH) {
    signal?.throwIfAborted();
    const indices = Array.from({ length: Math.min(BATCH, clip.count - start) }, (_, i) => start + i);
    const pictures = await Promise.all(indices.map((index) => encodePng(clip, index, texts)));
    for (const [i, bytes] of pictures.entries()) {
      yield { name: `${String(start + i).padStart(5, '0')}.png`, bytes };
    }
  }
}

async function encodePng({ width, height, rgb }: Clip, index: number, texts: Buffer): Promise<Uint8Array> {
  const png = await sharp(rgb(index), { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  const at = SIGNATURE_LENGTH + IHDR_LENGTH;
  return Buffer.concat([png.subarray(0, at), texts, png.subarray(at)]);
}

/**
 * The sealed plan inside a PNG, or undefined.
 *
 * @throws NoRecordError when the file was cut off, or the text in it was damaged
 */
export function readPng(bytes: Buffer): string | undefined {
  let offset = SIGNATURE_LENGTH;
  while (offset + 12 <= bytes.length) {
    const length = bytes.readUInt32BE(offset);
    const kind = bytes.toString('latin1', offset + 4, offset + 8);
    const end = offset + 12 + length;
    if (end > bytes.length) break;
    if (kind === 'IEND') return undefined;
    if (kind === 'iTXt') {
      const body = bytes.subarray(offset + 8, end - 4);
      if (body.toString('latin1', 0, KEYWORD.length + 1) === `${KEYWORD}\0`) {
        if (crc32(bytes.subarray(offset + 4, end - 4)) !== bytes.readUInt32BE(end - 4)) {
          throw new NoRecordError('holds a .travel source that is damaged. Use another copy.');
        }
        const text = textOf(body);
        if (isSealed(text)) return text;
      }
    }
    offset = end;
  }
  throw new NoRecordError('was cut off or damaged: it ends in the middle of a PNG. Copy or download it again.');
}

/** An iTXt chunk: keyword 0 compressed? method language 0 translated keyword 0 text (PNG 1.2 §4.2.3.3). */
function textChunk(keyword: string, text: string, compressed: boolean): Buffer {
  const utf8 = Buffer.from(text, 'utf8');
  const squeeze = compressed && utf8.length <= LONGEST_COMPRESSED;
  const head = Buffer.from(`iTXt${keyword}\0${squeeze ? '\x01' : '\0'}\0\0\0`, 'latin1');
  const body = Buffer.concat([head, squeeze ? deflateSync(utf8) : utf8]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}

function textOf(body: Buffer): string {
  const flags = KEYWORD.length + 1;
  const language = body.indexOf(0, flags + 2);
  const translated = body.indexOf(0, language + 1);
  if (language < 0 || translated < 0) return '';
  const text = body.subarray(translated + 1);
  if (body[flags] !== 1) return text.toString('utf8');
  try {
    return inflateSync(text, { maxOutputLength: LONGEST_INFLATED }).toString('utf8');
  } catch (error) {
    throw new NoRecordError('holds a .travel source that is damaged. Use another copy.', { cause: error });
  }
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** PNG's CRC-32 (annex D of its specification); Node has its own only since 20.15. */
function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = CRC_TABLE[(value ^ byte) & 0xff]! ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
