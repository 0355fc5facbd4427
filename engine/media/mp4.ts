import { randomUUID } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { appendBox, type Box, box, boxesIn, findBoxes } from './boxes.ts';
import { findFfmpeg, runFfmpeg } from './ffmpeg.ts';
import type { Clip } from './frames.ts';
import { isSealed } from './metadata.ts';
import { rgba } from './rgba.ts';

/** Of 10 (best) … 51: without visible blocks in skin and sky. */
const QUANTIZER = 18;
/** The uuid of the box that holds the sealed plan. */
const UUID = Buffer.from('7f0a3c5e9d1b4e6f8a2470726f6d7074', 'hex');
/** Ticks that one frame lasts; the time scale is the frame rate in these, so that 23.976 is not rounded to 23. */
const FRAME_TICKS = 10_000;

/**
 * An H.264 MP4: by the user's ffmpeg where there is one that has an H.264 encoder, else by the encoder that is built in.
 * The infotext is the comment that players and A1111 show; the sealed plan is in a `uuid` box at the end. MP4 has no
 * place for how often a clip plays.
 */
export async function encodeMp4(
  clip: Clip,
  sealed: string,
  infotext: string,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const ffmpeg = await findFfmpeg();
  const encoded = ffmpeg && (await encodeWithFfmpeg(ffmpeg, clip, signal));
  const video = encoded || withColor(retimed(await encodeBuiltIn(clip, signal), clip));
  return Buffer.concat([withComment(checkLayout(video), infotext), box('uuid', UUID, Buffer.from(sealed, 'latin1'))]);
}

/** The sealed plan inside an MP4, or undefined. */
export function readMp4(bytes: Buffer): string | undefined {
  for (const { kind, start, end } of boxesIn(bytes, 0, bytes.length)) {
    if (kind !== 'uuid' || !bytes.subarray(start, start + 16).equals(UUID)) continue;
    const text = bytes.toString('latin1', start + 16, end);
    if (isSealed(text)) return text;
  }
  return undefined;
}

/** @returns undefined when this ffmpeg cannot encode H.264; many are built without */
async function encodeWithFfmpeg(ffmpeg: string, clip: Clip, signal?: AbortSignal): Promise<Buffer | undefined> {
  const result = await runFfmpeg(
    ffmpeg,
    clip,
    ['-c:v', 'libx264', '-crf', '16', '-preset', 'medium', '-pix_fmt', 'yuv420p'],
    'mp4',
    signal,
  );
  return result.ok ? result.bytes : undefined;
}

async function encodeBuiltIn(clip: Clip, signal?: AbortSignal): Promise<Buffer> {
  const encoder = await loadEncoder();
  encoder.width = clip.width;
  encoder.height = clip.height;
  encoder.frameRate = Math.max(1, Math.round(clip.fps));
  encoder.quantizationParameter = QUANTIZER;
  // All encoders share one file system.
  encoder.outputFilename = `${randomUUID()}.mp4`;
  encoder.initialize();
  try {
    for (let index = 0; index < clip.count; index++) {
      signal?.throwIfAborted();
      encoder.addFrameRgba(rgba(clip.rgb(index)));
      await breathe();
    }
    encoder.finalize();
    return Buffer.from(encoder.FS.readFile(encoder.outputFilename));
  } finally {
    encoder.FS.unlink(encoder.outputFilename);
    encoder.delete();
  }
}

/** The module takes over the process's error events when it loads; the engine keeps them. */
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

/** The encoder knows whole frame rates only; the true one is written over its time tables. */
function retimed(mp4: Buffer, { count, fps }: Clip): Buffer {
  const scale = Math.max(1, Math.round(fps * FRAME_TICKS));
  const duration = count * FRAME_TICKS;
  for (const path of ['moov/mvhd', 'moov/trak/mdia/mdhd']) {
    const { start } = boxAt(mp4, path);
    mp4.writeUInt32BE(scale, start + 12);
    mp4.writeUInt32BE(duration, start + 16);
  }
  mp4.writeUInt32BE(duration, boxAt(mp4, 'moov/trak/tkhd').start + 20);
  const { start } = boxAt(mp4, 'moov/trak/mdia/minf/stbl/stts');
  const entries = mp4.readUInt32BE(start + 4);
  for (let entry = 0; entry < entries; entry++) mp4.writeUInt32BE(FRAME_TICKS, start + 12 + entry * 8);
  return mp4;
}

/** The built-in encoder converts with BT.601's matrix and does not say so; players would guess by the size. */
function withColor(mp4: Buffer): Buffer {
  const nclx = Buffer.from('nclx\0\x01\0\x01\0\x06\0', 'latin1');
  return appendBox(mp4, boxesAt(mp4, 'moov/trak/mdia/minf/stbl/stsd/avc1'), box('colr', nclx));
}

/** Adds iTunes' comment to the movie box, in place of other user data. */
function withComment(mp4: Buffer, comment: string): Buffer {
  const none = Buffer.alloc(4);
  const handler = box('hdlr', none, none, Buffer.from('mdirappl', 'latin1'), Buffer.alloc(9));
  const utf8 = Buffer.from([0, 0, 0, 1]);
  const item = box('\xa9cmt', box('data', utf8, none, Buffer.from(comment, 'utf8')));
  const userData = box('udta', box('meta', none, handler, box('ilst', item)));
  const other = findBoxes(mp4, 'moov/udta')?.at(-1);
  if (other) mp4.write('free', other.offset + 4, 'latin1');
  return appendBox(mp4, boxesAt(mp4, 'moov'), userData);
}

/** A movie box that grows must come after the pictures, whose offsets it holds; both encoders write it there. */
function checkLayout(mp4: Buffer): Buffer {
  if (boxAt(mp4, 'mdat').offset > boxAt(mp4, 'moov').offset) {
    throw new Error('The MP4 encoder put the movie box before the pictures.');
  }
  return mp4;
}

function boxAt(mp4: Buffer, path: string): Box {
  return boxesAt(mp4, path).at(-1)!;
}

function boxesAt(mp4: Buffer, path: string): Box[] {
  const found = findBoxes(mp4, path);
  if (!found) throw new Error(`The MP4 encoder wrote no ${path}.`);
  return found;
}
