import { inflateSync } from 'node:zlib';
import { GET_AGAIN } from '../../plan/get-again.ts';
import type { Box } from '../../videos/boxes.ts';
import { boxesIn, findBoxes } from './boxes.ts';
import { EXIF_DESCRIPTION, EXIF_MAKE, EXIF_MODEL, EXIF_USER_COMMENT, exifTexts } from './exif.ts';
import { formatOf } from './formats.ts';
import { COMMENT_LABEL, extensions, gif } from './gif.ts';
import { mp4 } from './mp4.ts';
import { chunksOf, png } from './png.ts';
import { decodeRecord, NoRecordError } from './record.ts';
import { tagsIn, webm } from './webm.ts';
import { chunks, webp } from './webp.ts';

/** A text in the metadata of an image or video. */
export interface MediaText {
  /** As the file names it, in lower case: `parameters`, `prompt`, `workflow`, `comment`; `travel`: our own source. */
  readonly field: string;
  readonly text: string;
}

const JPEG = /^\xff\xd8\xff/;

/** Bytes that a compressed text may have. */
const LONGEST_INFLATED = 2 ** 24;

/** Whether bytes are an image or video whose texts can be read. */
export function hasTexts(bytes: Buffer): boolean {
  return JPEG.test(bytes.toString('latin1', 0, 3)) || formatOf(bytes).magic !== null;
}

/**
 * The texts in an image or video of any program: PNG chunks, GIF comments, EXIF of WebP and JPEG, tags of MP4 and WebM.
 *
 * @throws NoRecordError when the file is truncated or damaged, or a text is too large
 */
export function textsIn(bytes: Buffer): MediaText[] {
  const format = formatOf(bytes);
  const record = JPEG.test(bytes.toString('latin1', 0, 3)) ? undefined : format.read(bytes);
  const own = record === undefined ? [] : [{ field: 'travel', text: decodeRecord(record).source }];
  switch (format) {
    case png:
      return [...own, ...pngTexts(bytes)];
    case gif:
      return [...own, ...gifTexts(bytes)];
    case webp:
      return [...own, ...webpTexts(bytes)];
    case mp4:
      return [...own, ...mp4Texts(bytes)];
    case webm:
      return [...own, ...tagsIn(bytes).map(({ name, text }) => ({ field: name.toLowerCase(), text }))];
    default:
      return [...own, ...jpegTexts(bytes)];
  }
}

function pngTexts(bytes: Buffer): MediaText[] {
  return [...chunksOf(bytes)].flatMap(({ kind, offset, end }) => {
    if (kind !== 'tEXt' && kind !== 'zTXt' && kind !== 'iTXt') return [];
    const body = bytes.subarray(offset + 8, end - 4);
    const zero = body.indexOf(0);
    if (zero < 0) return [];
    const field = body.toString('latin1', 0, zero).toLowerCase();
    const rest = body.subarray(zero + 1);
    // A keyword of our own source was read above.
    if (field === 'travel') return [];
    if (kind === 'tEXt') return [{ field, text: rest.toString('latin1') }];
    if (kind === 'zTXt') return [{ field, text: inflated(rest.subarray(1), field).toString('latin1') }];
    const language = rest.indexOf(0, 2);
    const translated = rest.indexOf(0, language + 1);
    if (language < 0 || translated < 0) return [];
    const text = rest.subarray(translated + 1);
    return [{ field, text: (rest[0] === 1 ? inflated(text, field) : text).toString('utf8') }];
  });
}

function inflated(bytes: Buffer, field: string): Buffer {
  try {
    return inflateSync(bytes, { maxOutputLength: LONGEST_INFLATED });
  } catch (error) {
    const isLarge = error instanceof RangeError || (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    const reason = isLarge
      ? `has a compressed text, “${field}”, that is larger than ${LONGEST_INFLATED / 2 ** 20} MB, the limit. It is not opened.`
      : `has a damaged text, “${field}”. Use another copy.`;
    throw new NoRecordError(reason, { cause: error });
  }
}

function gifTexts(bytes: Buffer): MediaText[] {
  return [...extensions(bytes)].flatMap(({ label, data }) =>
    label === COMMENT_LABEL ? [{ field: 'comment', text: Buffer.concat(data).toString('utf8') }] : [],
  );
}

function webpTexts(bytes: Buffer): MediaText[] {
  return [...chunks(bytes)].flatMap(({ kind, start, end }) => {
    if (end > bytes.length) throw new NoRecordError(`is truncated: its last part is missing. ${GET_AGAIN}`);
    return kind === 'EXIF' ? namedExif(bytes.subarray(start, end)) : [];
  });
}

/** A1111 uses the comment; ComfyUI the camera’s model and make, with the field’s name before a colon. */
function namedExif(block: Buffer): MediaText[] {
  return exifTexts(block).flatMap(({ tag, text }) => {
    if (tag === EXIF_USER_COMMENT) return [{ field: 'parameters', text }];
    const [, field, rest] = /^(prompt|workflow):([\s\S]*)$/i.exec(text) ?? [];
    if (field !== undefined && rest !== undefined) return [{ field: field.toLowerCase(), text: rest }];
    return tag === EXIF_DESCRIPTION || tag === EXIF_MAKE || tag === EXIF_MODEL ? [{ field: 'comment', text }] : [];
  });
}

const APP1 = 0xe1;
const COMMENT_SEGMENT = 0xfe;
const START_OF_SCAN = 0xda;

/** The segments before the image (ITU-T T.81 §B.1). */
function jpegTexts(bytes: Buffer): MediaText[] {
  const texts: MediaText[] = [];
  let kind: number | undefined;
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    kind = bytes[at + 1]!;
    if (kind === START_OF_SCAN) break;
    const length = bytes.readUInt16BE(at + 2);
    const segment = bytes.subarray(at + 4, at + 2 + length);
    if (kind === APP1 && segment.toString('latin1', 0, 4) === 'Exif') texts.push(...namedExif(segment));
    if (kind === COMMENT_SEGMENT) texts.push({ field: 'comment', text: segment.toString('utf8') });
    at += 2 + Math.max(2, length);
  }
  if (kind !== START_OF_SCAN && texts.length === 0)
    throw new NoRecordError(`is truncated or damaged: it has no pixels. ${GET_AGAIN}`);
  return texts;
}

/** iTunes' items; ffmpeg names others in a box `keys`. */
function mp4Texts(bytes: Buffer): MediaText[] {
  const movie = findBoxes(bytes, 'moov')?.at(-1);
  if (!movie) return [];
  const metas = [...boxesIn(bytes, movie.start, movie.end)].flatMap((box) =>
    box.kind === 'meta'
      ? [box]
      : box.kind === 'udta'
        ? [...boxesIn(bytes, box.start, box.end)].filter(({ kind }) => kind === 'meta')
        : [],
  );
  return metas.flatMap((meta) => metaTexts(bytes, meta));
}

const ITEMS: Readonly<Record<string, string>> = { '\xa9cmt': 'comment', desc: 'description' };

function metaTexts(bytes: Buffer, meta: Box): MediaText[] {
  // In MP4 it has a version; in QuickTime files it has not.
  const hasVersion = bytes.readUInt32BE(meta.start) === 0;
  const parts = [...boxesIn(bytes, meta.start + (hasVersion ? 4 : 0), meta.end)];
  const names = parts.flatMap((box) => (box.kind === 'keys' ? keysOf(bytes, box) : []));
  const items = parts.flatMap((box) => (box.kind === 'ilst' ? [...boxesIn(bytes, box.start, box.end)] : []));
  return items.flatMap((item) => {
    const data = [...boxesIn(bytes, item.start, item.end)].find(({ kind }) => kind === 'data');
    const field = ITEMS[item.kind] ?? names[Buffer.from(item.kind, 'latin1').readUInt32BE(0) - 1];
    return data && field !== undefined ? [{ field, text: bytes.toString('utf8', data.start + 8, data.end) }] : [];
  });
}

function keysOf(bytes: Buffer, keys: Box): string[] {
  return [...boxesIn(bytes, keys.start + 8, keys.end)].map(({ start, end }) =>
    bytes.toString('utf8', start, end).toLowerCase(),
  );
}
