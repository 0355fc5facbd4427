import type { VideoHeader } from '../plan/video-header.ts';
import { codecOfFour } from './codec-names.ts';
import type { FileBytes } from './file-bytes.ts';
import { onlyAudio, refusedSize } from './refusals.ts';

/** Of an AVI, the lists of headers come first. */
const LONGEST_HEADER = 2 ** 16;

/**
 * Of an AVI file, whose frames follow one another evenly.
 * Format: https://learn.microsoft.com/windows/win32/directshow/avi-riff-file-reference
 */
export async function readAvi(file: FileBytes): Promise<VideoHeader | null> {
  const head = await file.read(0, Math.min(LONGEST_HEADER, file.size));
  const streams = [...chunksIn(head, 12, head.length)]
    .filter(({ list }) => list === 'hdrl')
    .flatMap((list) => [...chunksIn(head, list.start, list.end)].filter((chunk) => chunk.list === 'strl'))
    .map((list) => streamOf(head, [...chunksIn(head, list.start, list.end)]));
  const hasAudio = streams.some((stream) => stream?.type === 'auds');
  const video = streams.find((stream) => stream?.type === 'vids');
  if (!video) return hasAudio ? onlyAudio(false) : null;
  const { width, height, scale, rate, length, codec } = video;
  const isTooLarge = refusedSize(width, height);
  if (isTooLarge) return isTooLarge;
  const fps = scale > 0 && rate > 0 ? rate / scale : null;
  const isCutOff = head.readUInt32LE(4) + 8 > file.size;
  // A recording that was never finished has no length; of one that is cut off, nobody knows how much there is.
  const frames = length > 0 && !isCutOff ? length : null;
  const promised = length > 0 && fps !== null ? length / fps : null;
  return {
    kind: 'video',
    container: 'avi',
    size: width > 0 && height > 0 ? { width, height } : null,
    rotation: 0,
    codec,
    fps,
    isVariable: false,
    frames,
    seconds: frames === null ? null : promised,
    cutOffFrom: isCutOff ? (promised ?? Number.POSITIVE_INFINITY) : null,
    isHdr: false,
    hasAudio,
  };
}

interface Chunk {
  readonly kind: string;
  /** Of a list: its kind; else empty. */
  readonly list: string;
  readonly start: number;
  readonly end: number;
}

function* chunksIn(bytes: Buffer, from: number, to: number): Generator<Chunk> {
  for (let offset = from; offset + 8 <= to; ) {
    const kind = bytes.toString('latin1', offset, offset + 4);
    const end = offset + 8 + bytes.readUInt32LE(offset + 4);
    const isList = kind === 'LIST' && offset + 12 <= to;
    const list = isList ? bytes.toString('latin1', offset + 8, offset + 12) : '';
    yield { kind, list, start: offset + (isList ? 12 : 8), end: Math.min(end, to) };
    offset = end + (end & 1);
  }
}

function streamOf(bytes: Buffer, chunks: readonly Chunk[]) {
  const header = chunks.find(({ kind }) => kind === 'strh');
  const format = chunks.find(({ kind }) => kind === 'strf');
  if (!header || !format || header.end - header.start < 36) return null;
  // A BITMAPINFOHEADER; its height is below 0 if rows go down.
  const hasSize = format.end - format.start >= 20;
  return {
    type: bytes.toString('latin1', header.start, header.start + 4),
    scale: bytes.readUInt32LE(header.start + 20),
    rate: bytes.readUInt32LE(header.start + 24),
    length: bytes.readUInt32LE(header.start + 32),
    width: hasSize ? bytes.readInt32LE(format.start + 4) : 0,
    height: hasSize ? Math.abs(bytes.readInt32LE(format.start + 8)) : 0,
    codec: hasSize ? codecOfFour(bytes.toString('latin1', format.start + 16, format.start + 20)) : null,
  };
}
