import { GET_AGAIN } from '../../plan/get-again.ts';
import { type WholeElement, wholeElements } from '../../videos/ebml.ts';
import { CannotWriteError } from './atomic.ts';
import { encodeByFfmpeg, needEncoder, needSoundEncoder } from './encoders.ts';
import { BT709 } from './ffmpeg.ts';
import type { MediaFormat, Metadata } from './format.ts';
import type { Clip } from './frames.ts';
import { isRecord, NoRecordError } from './record.ts';

const TAG = 'PROMPT_TRAVEL';

const WEBM = { title: 'WebM', format: 'webm', container: 'webm' } as const;

/**
 * A VP9 WebM, encoded by the user's ffmpeg. The infotext is its comment, the record is a tag; both are added afterwards,
 * because ffmpeg truncates long ones, and a command line is visible to other users. WebM has no loop count.
 */
export const webm: MediaFormat = {
  extension: '.webm',
  encode,
  read: recordInTags,
  magic: /^\x1aE\xdf\xa3/,
  check: () => needEncoder(WEBM, 'libvpx-vp9'),
  checkSound: () => needSoundEncoder(WEBM),
};

async function encode(clip: Clip, metadata: Metadata, signal?: AbortSignal): Promise<Uint8Array> {
  const quality = ['-crf', '18', '-b:v', '0', '-row-mt', '1', '-pix_fmt', 'yuv420p'];
  const options = [...BT709, '-c:v', 'libvpx-vp9', ...quality];
  const encoding = { ...WEBM, encoder: 'VP9 (libvpx-vp9)' };
  return withTexts(await encodeByFfmpeg(clip, { ...encoding, options }, signal), metadata);
}

/** Matroska's ids of the elements on the path to a tag (RFC 9559). */
const SEGMENT = 0x18538067;
const SEEK_HEAD = 0x114d9b74;
const SEEK = 0x4dbb;
const SEEK_ID = 0x53ab;
const SEEK_POSITION = 0x53ac;
const VOID = 0xec;
const TAGS = 0x1254c367;
const TAG_ELEMENT = 0x7373;
const TARGETS = 0x63c0;
const SIMPLE_TAG = 0x67c8;
const TAG_NAME = 0x45a3;
const TAG_STRING = 0x4487;

export function recordInTags(bytes: Buffer): string | undefined {
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

/** A WebM or Matroska file with the texts of a render as tags of the whole file. */
export function withTexts(file: Buffer, { record, infotext }: Metadata): Buffer {
  return withTags(file, [
    ['COMMENT', infotext.replaceAll('\0', '')],
    [TAG, record],
  ]);
}

/** Appends a tag of the whole file as the last element of the segment. */
function withTags(file: Buffer, texts: readonly (readonly [name: string, text: string])[]): Buffer {
  const segment = [...elements(file)].find(({ id }) => id === SEGMENT);
  const size = segment && segment.start - 8;
  if (!segment || size === undefined || segment.end !== file.length || file[size] !== 1) {
    throw new CannotWriteError('Cannot write tags: ffmpeg wrote a file with an unexpected layout. Update ffmpeg.');
  }
  const simple = texts.map(([name, text]) =>
    element(SIMPLE_TAG, Buffer.concat([element(TAG_NAME, Buffer.from(name)), element(TAG_STRING, Buffer.from(text))])),
  );
  // Targets are mandatory in a tag; empty ones mean the whole file.
  const tag = element(TAG_ELEMENT, Buffer.concat([element(TARGETS, Buffer.alloc(0)), ...simple]));
  const result = Buffer.concat([withSeek(file, segment.start), element(TAGS, tag)]);
  result.writeUIntBE(result.length - segment.start, size + 2, 6);
  return result;
}

/**
 * The file with an entry for tags at its end in the index of its elements: players and ffprobe read no further than the
 * first frames without one. It takes the room that ffmpeg leaves behind the index; without room, there is no entry.
 *
 * @param segment offset of the segment's content, which positions count from
 */
function withSeek(file: Buffer, segment: number): Buffer {
  const [index, room] = elements(file.subarray(segment));
  if (index?.id !== SEEK_HEAD || room?.id !== VOID) return file;
  const position = Buffer.alloc(8);
  position.writeUIntBE(file.length - segment, 2, 6);
  const id = Buffer.alloc(4);
  id.writeUInt32BE(TAGS, 0);
  const entry = small(SEEK, Buffer.concat([small(SEEK_ID, id), small(SEEK_POSITION, position)]));
  const content = Buffer.concat([index.content, entry]);
  // What is left of the room: its id, and a size in 8 bytes.
  const left = room.end - (4 + 1 + content.length) - VOID_HEAD;
  if (content.length > LARGEST_SMALL || left < 0) return file;
  const void8 = Buffer.alloc(VOID_HEAD + left);
  void8[0] = VOID;
  void8[1] = 1;
  void8.writeUIntBE(left, 3, 6);
  return Buffer.concat([
    file.subarray(0, segment),
    small(SEEK_HEAD, content),
    void8,
    file.subarray(segment + room.end),
  ]);
}

/** Content of an element with a 1-byte size. */
const LARGEST_SMALL = 126;
const VOID_HEAD = 9;

/** An element with a 1-byte size. */
function small(id: number, content: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(id, 0);
  const zeros = id > 0xffffff ? 0 : id > 0xffff ? 1 : 2;
  return Buffer.concat([head.subarray(zeros), Buffer.from([0x80 | content.length]), content]);
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

function* elements(bytes: Buffer): Generator<WholeElement> {
  if (yield* wholeElements(bytes)) return;
  throw truncated();
}

function truncated(): NoRecordError {
  return new NoRecordError(`is truncated or damaged: it ends in the middle of a video. ${GET_AGAIN}`);
}
