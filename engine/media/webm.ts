import { CannotWriteError } from './atomic.ts';
import { runFfmpeg } from './ffmpeg.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import type { MediaFormat, Metadata } from './format.ts';
import type { Clip } from './frames.ts';
import { isRecord, NoRecordError } from './record.ts';

const TAG = 'PROMPT_TRAVEL';

/**
 * A VP9 WebM, encoded by the user's ffmpeg. The infotext is its comment, the record is a tag; both are added afterwards,
 * because ffmpeg truncates long ones, and a command line is visible to other users. WebM has no loop count.
 */
export const webm: MediaFormat = {
  extension: '.webm',
  encode,
  read,
  magic: /^\x1aE\xdf\xa3/,
  check: async () => {
    await needFfmpeg();
  },
};

async function encode(clip: Clip, { record, infotext }: Metadata, signal?: AbortSignal): Promise<Uint8Array> {
  const ffmpeg = await needFfmpeg();
  const quality = ['-crf', '18', '-b:v', '0', '-row-mt', '1', '-pix_fmt', 'yuv420p'];
  const result = await runFfmpeg(ffmpeg, clip, ['-c:v', 'libvpx-vp9', ...quality], 'webm', signal);
  if (!result.ok) {
    throw new CannotWriteError(
      `Cannot write WebM: ${ffmpeg} failed. Install an ffmpeg with VP9 (libvpx-vp9), or remove webm from \`save\`. Its log: ${result.log}`,
    );
  }
  return withTags(result.bytes, [
    ['COMMENT', infotext.replaceAll('\0', '')],
    [TAG, record],
  ]);
}

async function needFfmpeg(): Promise<string> {
  const ffmpeg = await findFfmpeg();
  if (ffmpeg !== undefined) return ffmpeg;
  throw new CannotWriteError(
    'Cannot write WebM: ffmpeg was not found on the PATH. Install it (https://ffmpeg.org/download.html) and render ' +
      'again, or remove webm from `save`; mp4 and webp do not need ffmpeg.',
  );
}

/** Matroska's ids of the elements on the path to a tag (RFC 9559). */
const SEGMENT = 0x18538067;
const TAGS = 0x1254c367;
const TAG_ELEMENT = 0x7373;
const TARGETS = 0x63c0;
const SIMPLE_TAG = 0x67c8;
const TAG_NAME = 0x45a3;
const TAG_STRING = 0x4487;

function read(bytes: Buffer): string | undefined {
  return tagsIn(bytes).find(({ name, text }) => name === TAG && isRecord(text))?.text;
}

/**
 * The tags of a WebM file.
 *
 * @throws NoRecordError when the file is truncated or damaged
 */
export function tagsIn(bytes: Buffer): { readonly name: string; readonly text: string }[] {
  return within(bytes, [SEGMENT, TAGS, TAG_ELEMENT, SIMPLE_TAG]).map((tag) => {
    const parts = new Map([...elements(tag)].map(({ id, content }) => [id, content.toString('utf8')]));
    return { name: parts.get(TAG_NAME) ?? '', text: parts.get(TAG_STRING) ?? '' };
  });
}

/** Appends a tag of the whole file as the last element of the segment. */
function withTags(file: Buffer, texts: readonly (readonly [name: string, text: string])[]): Buffer {
  const segment = [...elements(file)].find(({ id }) => id === SEGMENT);
  const size = segment && segment.start - 8;
  if (!segment || size === undefined || segment.end !== file.length || file[size] !== 1) {
    throw new CannotWriteError('Cannot write WebM: ffmpeg wrote a file with an unexpected layout. Update ffmpeg.');
  }
  const simple = texts.map(([name, text]) =>
    element(SIMPLE_TAG, Buffer.concat([element(TAG_NAME, Buffer.from(name)), element(TAG_STRING, Buffer.from(text))])),
  );
  // Targets are mandatory in a tag; empty ones mean the whole file.
  const tag = element(TAG_ELEMENT, Buffer.concat([element(TARGETS, Buffer.alloc(0)), ...simple]));
  const result = Buffer.concat([file, element(TAGS, tag)]);
  result.writeUIntBE(result.length - segment.start, size + 2, 6);
  return result;
}

/** An element with an 8-byte size: a marker byte, then 56 bits. */
function element(id: number, content: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt32BE(id, 0);
  head[4] = 1;
  head.writeUIntBE(content.length, 6, 6);
  const zeros = id > 0xffffff ? 0 : id > 0xffff ? 1 : 2;
  return Buffer.concat([head.subarray(zeros), content]);
}

function within(bytes: Buffer, [id, ...path]: readonly number[]): Buffer[] {
  if (id === undefined) return [bytes];
  return [...elements(bytes)].filter((element) => element.id === id).flatMap(({ content }) => within(content, path));
}

/** EBML elements (RFC 8794): an id with its marker bit, a size without, the content. */
function* elements(bytes: Buffer): Generator<{ id: number; start: number; end: number; content: Buffer }> {
  let offset = 0;
  while (offset < bytes.length) {
    const idLength = lengthAt(bytes, offset);
    const sizeLength = lengthAt(bytes, offset + idLength);
    const start = offset + idLength + sizeLength;
    const id = unsigned(bytes, offset, idLength);
    // Without its marker bit, because a double cannot hold both that and the last digits of an 8-byte size.
    const size = unsigned(bytes, offset + idLength, sizeLength, 0xff >> sizeLength);
    const unknown = size >= 2 ** (7 * sizeLength) - 1;
    const end = unknown ? bytes.length : start + size;
    if (end > bytes.length) throw truncated();
    yield { id, start, end, content: bytes.subarray(start, end) };
    offset = end;
  }
}

/** Bytes of the variable-length integer at an offset: the leading zeros of its first byte, and one. */
function lengthAt(bytes: Buffer, offset: number): number {
  const length = Math.clz32(bytes[offset] ?? 0) - 23;
  if (length > 8 || offset + length > bytes.length) throw truncated();
  return length;
}

function unsigned(bytes: Buffer, offset: number, length: number, mask = 0xff): number {
  let value = bytes[offset]! & mask;
  for (let i = 1; i < length; i++) value = value * 256 + bytes[offset + i]!;
  return value;
}

function truncated(): NoRecordError {
  return new NoRecordError('is truncated or damaged: it ends in the middle of a video. Copy or download it again.');
}
