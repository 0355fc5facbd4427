import { GET_AGAIN } from '../../plan/get-again.ts';
import type { MediaFormat, Metadata } from './format.ts';
import { type Clip, timed } from './frames.ts';
import { loadSharp } from './load-sharp.ts';
import { isRecord, NoRecordError } from './record.ts';

/** Chromium shows a frame of 10 ms or less for 100 ms; sharp writes 16 of 24 bits. */
const SHORTEST_MS = 11;
const LONGEST_MS = 2 ** 16 - 1;

/** Above A1111's 80: VP8's chroma is coarse, which is visible in fine hair and eyes. */
const QUALITY = 90;

const HAS_EXIF = 0x08;

/**
 * An animated WebP. The record is in its XMP; the infotext is in the EXIF user comment, where A1111 looks for it.
 * Container: https://developers.google.com/speed/webp/docs/riff_container
 */
export const webp: MediaFormat = { extension: '.webp', encode, read, magic: /^RIFF.{4}WEBP/s };

async function encode(clip: Clip, { record, infotext }: Metadata): Promise<Uint8Array> {
  const frames = timed(clip, 1000, SHORTEST_MS, LONGEST_MS);
  const { width, height } = clip;
  const sharp = await loadSharp();
  const size = width * height * 3;
  // The encoder takes all frames as one picture.
  const pages = Buffer.allocUnsafe(frames.length * size);
  for (const [page, { index }] of frames.entries()) {
    const rgb = await clip.rgb(index);
    if (rgb.length !== size) throw new Error(`Frame ${index} has ${rgb.length} bytes instead of ${size}.`);
    pages.set(rgb, page * size);
  }
  const file = await sharp(pages, {
    raw: { width, height: height * frames.length, channels: 3, pageHeight: height },
    limitInputPixels: false,
  })
    .webp({ quality: QUALITY, smartSubsample: true, loop: clip.loop, delay: frames.map(({ ticks }) => ticks) })
    .withXmp(xmp(record))
    .toBuffer();
  return withExif(file, userComment(infotext));
}

function read(bytes: Buffer): string | undefined {
  for (const { kind, start, end } of chunks(bytes)) {
    if (end > bytes.length) throw new NoRecordError(`is truncated: its last part is missing. ${GET_AGAIN}`);
    if (kind !== 'XMP ') continue;
    const [, text] = /<travel:plan>([^<]*)<\/travel:plan>/.exec(bytes.toString('latin1', start, end)) ?? [];
    if (text !== undefined && isRecord(text)) return text;
  }
  return undefined;
}

/** The chunks of a WebP; one that ends behind the file is not whole. */
export function* chunks(bytes: Buffer): Generator<{ kind: string; start: number; end: number }> {
  const whole = bytes.readUInt32LE(4) + 8;
  let offset = 12;
  while (offset + 8 <= bytes.length) {
    const start = offset + 8;
    const end = start + bytes.readUInt32LE(offset + 4);
    yield { kind: bytes.toString('latin1', offset, offset + 4), start, end };
    offset = end + (end & 1);
  }
  if (bytes.length < whole) yield { kind: '', start: bytes.length, end: whole };
}

/** Without the packet wrapper, XMP tools report a damaged file. The record needs no escapes. */
function xmp(record: string): string {
  return (
    '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">' +
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
    '<rdf:Description rdf:about="" xmlns:travel="https://prompt-travel/ns/1/">' +
    `<travel:plan>${record}</travel:plan></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>`
  );
}

/** An EXIF block (big-endian TIFF) with only a UserComment, in UTF-16 as its `UNICODE` mark declares. */
function userComment(text: string): Buffer {
  const comment = Buffer.concat([Buffer.from('UNICODE\0', 'latin1'), Buffer.from(text, 'utf16le').swap16()]);
  const head = Buffer.alloc(44);
  head.write('MM\0*', 0, 'latin1');
  head.writeUInt32BE(8, 4);
  // First directory: one entry, a pointer (0x8769, LONG) to the EXIF directory at 26.
  head.writeUInt16BE(1, 8);
  head.writeUInt16BE(0x8769, 10);
  head.writeUInt16BE(4, 12);
  head.writeUInt32BE(1, 14);
  head.writeUInt32BE(26, 18);
  // EXIF directory: one entry, UserComment (0x9286, UNDEFINED) at 44.
  head.writeUInt16BE(1, 26);
  head.writeUInt16BE(0x9286, 28);
  head.writeUInt16BE(7, 30);
  head.writeUInt32BE(comment.length, 32);
  head.writeUInt32BE(44, 36);
  return Buffer.concat([head, comment]);
}

/** Adds an EXIF chunk before the XMP chunk, as the container requires. sharp writes VP8X because of the XMP. */
function withExif(file: Buffer, exif: Buffer): Buffer {
  const xmpChunk = [...chunks(file)].find(({ kind }) => kind === 'XMP ');
  if (!xmpChunk || file.toString('latin1', 12, 16) !== 'VP8X') {
    throw new Error('The WebP encoder wrote a file without its metadata.');
  }
  const at = xmpChunk.start - 8;
  const head = Buffer.alloc(8);
  head.write('EXIF', 0, 'latin1');
  head.writeUInt32LE(exif.length, 4);
  const padding = Buffer.alloc(exif.length & 1);
  const result = Buffer.concat([file.subarray(0, at), head, exif, padding, file.subarray(at)]);
  result.writeUInt32LE(result.length - 8, 4);
  result[20] = result[20]! | HAS_EXIF;
  return result;
}
