import { deflateSync, inflateSync } from 'node:zlib';
import { GET_AGAIN } from '../../plan/get-again.ts';
import type { NamedBytes } from './atomic.ts';
import type { MediaFormat, Metadata } from './format.ts';
import type { Clip } from './frames.ts';
import { loadSharp } from './load-sharp.ts';
import { isRecord, NoRecordError } from './record.ts';

/** Keyword of the text chunk that holds the record; the infotext is under A1111's `parameters`. */
const KEYWORD = 'travel';
const SIGNATURE_LENGTH = 8;
const IHDR_LENGTH = 25;

/** Pillow, and so A1111, rejects an image with a compressed text longer than 1 MiB. */
const LONGEST_COMPRESSED = 2 ** 20;
/** Renders compress records of at most 1 MiB; a small chunk that inflates to much more is hostile. */
const LONGEST_INFLATED = 2 ** 24;

/** Frames encoded in parallel, enough for all cores of a small machine. */
const BATCH = 4;

/** One image, or a folder with one image per frame, each with the record and the infotext. */
export const png: MediaFormat = {
  extension: '.png',
  encode: (clip, metadata) => encodeFrame(clip, 0, textChunks(metadata)),
  encodeFolder,
  read,
  magic: /^\x89PNG\r\n\x1a\n/,
};

/** The frames in display order, `00000.png`, `00001.png`, …, or from another number on for a part of a clip. */
async function* encodeFolder(clip: Clip, metadata: Metadata, signal?: AbortSignal): AsyncGenerator<NamedBytes> {
  const texts = textChunks(metadata);
  for (let start = 0; start < clip.count; start += BATCH) {
    signal?.throwIfAborted();
    const indices = Array.from({ length: Math.min(BATCH, clip.count - start) }, (_, i) => start + i);
    const images = await Promise.all(indices.map((index) => encodeFrame(clip, index, texts)));
    for (const [i, bytes] of images.entries()) {
      const number = clip.firstNumber + start + i;
      yield { name: `${String(number).padStart(5, '0')}.png`, bytes };
    }
  }
}

/** A frame as a PNG file. @param texts chunks after its header */
export async function encodeFrame({ width, height, rgb }: Clip, index: number, texts: Buffer): Promise<Buffer> {
  const sharp = await loadSharp();
  const image = await sharp(await rgb(index), { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  const at = SIGNATURE_LENGTH + IHDR_LENGTH;
  return Buffer.concat([image.subarray(0, at), texts, image.subarray(at)]);
}

function read(bytes: Buffer): string | undefined {
  for (const { kind, offset, end } of chunksOf(bytes)) {
    const body = bytes.subarray(offset + 8, end - 4);
    if (kind !== 'iTXt' || body.toString('latin1', 0, KEYWORD.length + 1) !== `${KEYWORD}\0`) continue;
    if (crc32(bytes.subarray(offset + 4, end - 4)) !== bytes.readUInt32BE(end - 4)) {
      throw new NoRecordError('has a damaged .travel source. Use another copy.');
    }
    // Renders write one such chunk. Later ones are not read: each could inflate to megabytes.
    const text = textOf(body);
    return isRecord(text) ? text : undefined;
  }
  return undefined;
}

/**
 * The chunks of a PNG before its end.
 *
 * @throws NoRecordError when the file is truncated
 */
export function* chunksOf(
  bytes: Buffer,
): Generator<{ readonly kind: string; readonly offset: number; readonly end: number }> {
  let offset = SIGNATURE_LENGTH;
  while (offset + 12 <= bytes.length) {
    const length = bytes.readUInt32BE(offset);
    const kind = bytes.toString('latin1', offset + 4, offset + 8);
    const end = offset + 12 + length;
    if (end > bytes.length) break;
    if (kind === 'IEND') return;
    yield { kind, offset, end };
    offset = end;
  }
  throw new NoRecordError(`is truncated or damaged: it ends in the middle of a PNG. ${GET_AGAIN}`);
}

/** The chunks of the record and the infotext. */
export function textChunks({ record, infotext }: Metadata): Buffer {
  // Some readers know only tEXt. It is in Latin-1, but others take it for UTF-8.
  const isAscii = /^[\x01-\x7f]*$/.test(infotext);
  const parameters = isAscii ? plainText('parameters', infotext) : internationalText('parameters', infotext, false);
  return Buffer.concat([parameters, internationalText(KEYWORD, record, true)]);
}

/** A tEXt chunk: keyword 0 text (PNG 1.2 §4.2.3.1). */
const plainText = (keyword: string, text: string) => pngChunk('tEXt', Buffer.from(`${keyword}\0${text}`, 'latin1'));

/** An iTXt chunk: keyword 0 compressed? method language 0 translated keyword 0 text (PNG 1.2 §4.2.3.3). */
function internationalText(keyword: string, text: string, compressed: boolean): Buffer {
  const utf8 = Buffer.from(text, 'utf8');
  const squeeze = compressed && utf8.length <= LONGEST_COMPRESSED;
  const head = Buffer.from(`${keyword}\0${squeeze ? '\x01' : '\0'}\0\0\0`, 'latin1');
  return pngChunk('iTXt', Buffer.concat([head, squeeze ? deflateSync(utf8) : utf8]));
}

/** A chunk: its length, kind, content and checksum. */
export function pngChunk(kind: string, content: Uint8Array): Buffer {
  const chunk = Buffer.alloc(content.length + 12);
  chunk.writeUInt32BE(content.length, 0);
  chunk.write(kind, 4, 'latin1');
  chunk.set(content, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), content.length + 8);
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
    throw new NoRecordError('has a damaged .travel source. Use another copy.', { cause: error });
  }
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** PNG's CRC-32 (annex D of its specification); Node has had its own only since 20.15. */
function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = CRC_TABLE[(value ^ byte) & 0xff]! ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
