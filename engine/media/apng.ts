import { setImmediate } from 'node:timers/promises';
import type { MediaFormat, Metadata } from './format.ts';
import { type Clip, timed } from './frames.ts';
import { chunksOf, encodeFrame, png, pngChunk, textChunks } from './png.ts';

/** Browsers show a frame of 10 ms or less for 100 ms; a delay is a 16-bit number, here of milliseconds. */
const SHORTEST_MS = 11;
const LONGEST_MS = 2 ** 16 - 1;

/** Length of a PNG's signature and its header chunk. */
const HEAD_LENGTH = 33;
const NO_DATA = Buffer.alloc(0);

/**
 * An animated PNG without loss. It is a PNG of the first frame to programs that do not know it, and has the texts of one.
 * Format: https://www.w3.org/TR/png-3/#apng-frame-based-animation
 */
export const apng: MediaFormat = { extension: '.apng', encode, read: png.read, magic: png.magic };

async function encode(clip: Clip, metadata: Metadata, signal?: AbortSignal): Promise<Uint8Array> {
  const frames = timed(clip, 1000, SHORTEST_MS, LONGEST_MS);
  const parts: Buffer[] = [];
  /** Of control and data chunks together. */
  let sequence = 0;
  for (const [position, { index, ticks }] of frames.entries()) {
    signal?.throwIfAborted();
    const image = await encodeFrame(clip, index, NO_DATA);
    if (position === 0) {
      parts.push(image.subarray(0, HEAD_LENGTH), animationControl(frames.length, clip.loop), textChunks(metadata));
    }
    parts.push(frameControl(sequence++, clip, ticks));
    for (const { kind, offset, end } of chunksOf(image)) {
      if (kind !== 'IDAT') continue;
      const data = image.subarray(offset + 8, end - 4);
      // The first frame is also the image of programs that do not know animations.
      parts.push(
        position === 0 ? pngChunk('IDAT', data) : pngChunk('fdAT', Buffer.concat([numbers(sequence++), data])),
      );
    }
    await setImmediate();
  }
  return Buffer.concat([...parts, pngChunk('IEND', NO_DATA)]);
}

/** @param plays 0: forever */
function animationControl(frames: number, plays: number): Buffer {
  return pngChunk('acTL', numbers(frames, plays));
}

/** The whole frame replaces the one before, and stays. */
function frameControl(sequence: number, { width, height }: Clip, milliseconds: number): Buffer {
  const timing = Buffer.alloc(6);
  timing.writeUInt16BE(milliseconds, 0);
  timing.writeUInt16BE(1000, 2);
  return pngChunk('fcTL', Buffer.concat([numbers(sequence, width, height, 0, 0), timing]));
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => void bytes.writeUInt32BE(value, i * 4));
  return bytes;
}
