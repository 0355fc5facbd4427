import { randomUUID } from 'node:crypto';
import { access, constants } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { Box } from '../../videos/boxes.ts';
import { CannotWriteError } from './atomic.ts';
import { appendBox, box, boxesIn, findBoxes } from './boxes.ts';
import { needSoundEncoder } from './encoders.ts';
import { BT709, type FfmpegResult, runFfmpeg } from './ffmpeg.ts';
import { findFfmpeg, GET_FFMPEG } from './find-ffmpeg.ts';
import type { MediaFormat, Metadata } from './format.ts';
import type { Clip, Sound } from './frames.ts';
import { isRecord } from './record.ts';
import { yuv420 } from './yuv.ts';

/** From 10 (best) to 51; no visible blocks in skin and sky. */
const QUANTIZER = 18;
/** The uuid of the box that holds the record. */
const UUID = Buffer.from('7f0a3c5e9d1b4e6f8a2470726f6d7074', 'hex');
/** Ticks per frame. The time scale is the frame rate times this, so that 23.976 is not rounded to 23. */
const FRAME_TICKS = 10_000;

/**
 * An H.264 MP4, encoded by the user's ffmpeg if it has an H.264 encoder, else by the built-in encoder. The infotext is
 * the comment that players and A1111 show; the record is in a `uuid` box at the end. MP4 has no loop count.
 */
export const mp4: MediaFormat = {
  extension: '.mp4',
  encode,
  read: recordIn,
  magic: /^.{4}ftyp/s,
  // The built-in encoder writes no sound.
  checkSound: () => needSoundEncoder({ title: 'MP4', format: 'mp4', container: 'mp4' }, ['libx264']),
};

async function encode(clip: Clip, metadata: Metadata, signal?: AbortSignal): Promise<Uint8Array> {
  const ffmpeg = await findFfmpeg();
  const encoded = ffmpeg ? await encodeWithFfmpeg(ffmpeg, clip, signal) : null;
  if (!encoded?.ok && clip.sound) {
    throw new CannotWriteError(
      `Cannot write MP4 with the sound of ${clip.sound.path}: ${await whyWithoutSound(clip.sound, encoded?.log)}`,
    );
  }
  const video = encoded?.ok ? encoded.bytes : withColor(retimed(await encodeBuiltIn(clip, signal), clip));
  return withMetadata(video, metadata);
}

/** An MP4 or QuickTime file with its index first, and with the texts of a render. */
export function withMetadata(video: Buffer, { record, infotext }: Metadata): Buffer {
  const whole = indexFirst(withComment(checkLayout(video), infotext));
  return Buffer.concat([whole, box('uuid', UUID, Buffer.from(record, 'latin1'))]);
}

export function recordIn(bytes: Buffer): string | undefined {
  for (const { kind, start, end } of boxesIn(bytes, 0, bytes.length)) {
    if (kind !== 'uuid' || !bytes.subarray(start, start + 16).equals(UUID)) continue;
    const text = bytes.toString('latin1', start + 16, end);
    if (isRecord(text)) return text;
  }
  return undefined;
}

/** It fails if this ffmpeg cannot encode H.264; many builds cannot. */
function encodeWithFfmpeg(ffmpeg: string, clip: Clip, signal?: AbortSignal): Promise<FfmpegResult> {
  return runFfmpeg(
    ffmpeg,
    clip,
    [...BT709, '-c:v', 'libx264', '-crf', '16', '-preset', 'medium', '-pix_fmt', 'yuv420p'],
    'mp4',
    signal,
  );
}

/** Why ffmpeg wrote no sound, and what to do. @param log of ffmpeg; undefined: there is none */
async function whyWithoutSound({ path }: Sound, log: string | undefined): Promise<string> {
  const off = 'or set `audio: off`.';
  if (log === undefined || /Unknown encoder/i.test(log)) {
    return `that needs an ffmpeg with H.264 (libx264). ${GET_FFMPEG}, ${off}`;
  }
  const is = await access(path, constants.R_OK).then(
    () => null,
    ({ code }: NodeJS.ErrnoException) => (code === 'ENOENT' ? 'was moved or deleted' : `cannot be opened (${code})`),
  );
  if (is !== null) return `the video ${is} during the render. Put it back, ${off}`;
  return `ffmpeg stopped (${log.split('\n').at(-1)}). Use another video, ${off}`;
}

async function encodeBuiltIn(clip: Clip, signal?: AbortSignal): Promise<Buffer> {
  const encoder = await loadEncoder();
  encoder.width = clip.width;
  encoder.height = clip.height;
  encoder.frameRate = Math.max(1, Math.round(clip.fps));
  encoder.quantizationParameter = QUANTIZER;
  // All encoders share one virtual file system.
  encoder.outputFilename = `${randomUUID()}.mp4`;
  encoder.initialize();
  try {
    for (let index = 0; index < clip.count; index++) {
      signal?.throwIfAborted();
      encoder.addFrameYuv(yuv420(await clip.rgb(index), clip.width, clip.height));
      await setImmediate();
    }
    encoder.finalize();
    return Buffer.from(encoder.FS.readFile(encoder.outputFilename));
  } finally {
    encoder.FS.unlink(encoder.outputFilename);
    encoder.delete();
  }
}

/** The module adds listeners to the process's error events when it loads; they are removed. */
async function loadEncoder() {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => process.rawListeners(event));
  const { default: module } = await import('h264-mp4-encoder');
  const encoder = await module.createH264MP4Encoder();
  for (const [i, event] of events.entries()) {
    for (const listener of process.rawListeners(event)) {
      if (!before[i]!.includes(listener)) process.removeListener(event, listener as () => void);
    }
  }
  return encoder;
}

/** The built-in encoder supports whole frame rates only, so the time tables are overwritten with the real one. */
function retimed(file: Buffer, { count, fps }: Clip): Buffer {
  const scale = Math.max(1, Math.round(fps * FRAME_TICKS));
  const duration = count * FRAME_TICKS;
  for (const path of ['moov/mvhd', 'moov/trak/mdia/mdhd']) {
    const { start } = boxAt(file, path);
    file.writeUInt32BE(scale, start + 12);
    file.writeUInt32BE(duration, start + 16);
  }
  file.writeUInt32BE(duration, boxAt(file, 'moov/trak/tkhd').start + 20);
  const { start } = boxAt(file, 'moov/trak/mdia/minf/stbl/stts');
  const entries = file.readUInt32BE(start + 4);
  for (let entry = 0; entry < entries; entry++) file.writeUInt32BE(FRAME_TICKS, start + 12 + entry * 8);
  return file;
}

/** The built-in encoder does not declare that its frames are BT.709; players would guess from the size. */
function withColor(file: Buffer): Buffer {
  const nclx = Buffer.from('nclx\0\x01\0\x01\0\x01\0', 'latin1');
  return appendBox(file, boxesAt(file, 'moov/trak/mdia/minf/stbl/stsd/avc1'), box('colr', nclx));
}

/** Adds iTunes' comment to the movie box, replacing other user data. */
function withComment(file: Buffer, comment: string): Buffer {
  const empty = Buffer.alloc(4);
  const handler = box('hdlr', empty, empty, Buffer.from('mdirappl', 'latin1'), Buffer.alloc(9));
  const utf8 = Buffer.from([0, 0, 0, 1]);
  const item = box('\xa9cmt', box('data', utf8, empty, Buffer.from(comment, 'utf8')));
  const userData = box('udta', box('meta', empty, handler, box('ilst', item)));
  const other = findBoxes(file, 'moov/udta')?.at(-1);
  if (other) file.write('free', other.offset + 4, 'latin1');
  return appendBox(file, boxesAt(file, 'moov'), userData);
}

/** Moves the movie box before the frames, so that players on the network can start at once, and corrects its offsets. */
function indexFirst(file: Buffer): Buffer {
  const [movie, frames] = [boxAt(file, 'moov'), boxAt(file, 'mdat')];
  const shift = movie.end - movie.offset;
  const moved = Buffer.from(file.subarray(movie.offset, movie.end));
  for (const { kind, offset, end } of boxesIn(moved, movie.start - movie.offset, moved.length)) {
    if (kind !== 'trak') continue;
    const track = moved.subarray(offset, end);
    const table = boxAt(track, 'trak/mdia/minf/stbl/stco');
    const last = table.start + 8 + track.readUInt32BE(table.start + 4) * 4;
    for (let at = table.start + 8; at < last; at += 4) track.writeUInt32BE(track.readUInt32BE(at) + shift, at);
  }
  return Buffer.concat([
    file.subarray(0, frames.offset),
    moved,
    file.subarray(frames.offset, movie.offset),
    file.subarray(movie.end),
  ]);
}

/** The movie box holds the offsets of the frames, so it can grow only if it comes after them; both encoders do that. */
function checkLayout(file: Buffer): Buffer {
  if (boxAt(file, 'mdat').offset > boxAt(file, 'moov').offset) {
    throw new Error('The MP4 encoder wrote the movie box before the frames.');
  }
  return file;
}

function boxAt(file: Buffer, path: string): Box {
  return boxesAt(file, path).at(-1)!;
}

function boxesAt(file: Buffer, path: string): Box[] {
  const found = findBoxes(file, path);
  if (!found) throw new Error(`The MP4 encoder wrote no ${path}.`);
  return found;
}
