import type { ReadableVideo, VideoHeader } from '../plan/video-header.ts';
import { type AnimationFrames, shownSeconds } from './animation-frames.ts';
import { apngFrames } from './apng.ts';
import type { FileBytes } from './file-bytes.ts';
import { NO_TIMES, summaryOf } from './frame-times.ts';
import { gifFrames } from './gif.ts';
import { NO_WHOLE_FRAME, ONE_IMAGE, refusedSize } from './refusals.ts';
import { webpFrames } from './webp.ts';

/** Of longer files, only the size is read. */
const LONGEST_FILE = 64 * 2 ** 20;

interface Kind {
  readonly container: ReadableVideo['container'];
  readonly codec: string;
  readonly read: (bytes: Buffer) => AnimationFrames | null;
  /** Pixels of the canvas, from the first bytes. */
  readonly size: (head: Buffer) => NonNullable<ReadableVideo['size']>;
}

const KINDS: Readonly<Record<'gif' | 'webp' | 'png', Kind>> = {
  gif: {
    container: 'gif',
    codec: 'GIF',
    read: gifFrames,
    size: (head) => ({ width: head.readUInt16LE(6), height: head.readUInt16LE(8) }),
  },
  webp: {
    container: 'webp',
    codec: 'WebP',
    read: webpFrames,
    size: (head) => ({ width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 }),
  },
  png: {
    container: 'apng',
    codec: 'APNG',
    read: apngFrames,
    size: (head) => ({ width: head.readUInt32BE(16), height: head.readUInt32BE(20) }),
  },
};

/** Of a GIF, animated WebP or APNG. */
export async function readAnimation(kind: keyof typeof KINDS, file: FileBytes): Promise<VideoHeader> {
  const { container, codec, read, size } = KINDS[kind];
  const canvas = size(await file.read(0, 30));
  const isTooLarge = refusedSize(canvas.width, canvas.height);
  if (isTooLarge) return isTooLarge;
  const facts = { kind: 'video', container, size: canvas, rotation: 0, codec, isHdr: false, hasAudio: false } as const;
  if (file.size > LONGEST_FILE) return { ...facts, ...NO_TIMES, cutOffFrom: null };
  const animation = read(await file.read(0, file.size));
  if (!animation || (animation.frames.length === 1 && !animation.isCutOff)) return ONE_IMAGE;
  if (animation.frames.length === 0) return NO_WHOLE_FRAME;
  let start = 0;
  const times = animation.frames.map((frame) => {
    const time = { start, seconds: shownSeconds(frame) };
    start += time.seconds;
    return time;
  });
  return { ...facts, ...summaryOf(times), cutOffFrom: animation.isCutOff ? Number.POSITIVE_INFINITY : null };
}
