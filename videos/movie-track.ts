import type { ReadableVideo } from '../plan/video-header.ts';
import { type Box, boxAt, boxesOf } from './boxes.ts';

/** A track of an MP4 or QuickTime file, by its headers. */
export interface MovieTrack {
  readonly id: number;
  /** `vide`, `soun`, … */
  readonly handler: string;
  /** Players show the first one. */
  readonly isEnabled: boolean;
  /** Ticks of a second. */
  readonly timescale: number;
  /** Four characters that name its codec; empty: none. */
  readonly entry: string;
  /** Content of its sample description; null: none. */
  readonly description: Pick<Box, 'start' | 'end'> | null;
  readonly header: { readonly rotation: ReadableVideo['rotation']; readonly width: number; readonly height: number };
  readonly box: Box;
}

/** @param movie the bytes that contain the track */
export function trackAt(movie: Buffer, box: Box): MovieTrack | null {
  const [tkhd, mdhd, hdlr] = ['tkhd', 'mdia/mdhd', 'mdia/hdlr'].map((path) => boxAt(movie, box, path));
  const stsd = boxAt(movie, box, 'mdia/minf/stbl/stsd');
  if (!tkhd || !mdhd || !hdlr) return null;
  const wide = movie[tkhd.start] === 1;
  // After its version, two times (of 4 or 8 bytes each) and the id.
  const matrix = tkhd.start + (wide ? 52 : 40);
  // The first of its entries, which counts their number before it lists them.
  const entry = stsd && stsd.end - stsd.start >= 16 ? stsd.start + 8 : null;
  return {
    id: movie.readUInt32BE(tkhd.start + (wide ? 20 : 12)),
    handler: movie.toString('latin1', hdlr.start + 8, hdlr.start + 12),
    isEnabled: (movie[tkhd.start + 3]! & 1) !== 0,
    timescale: movie.readUInt32BE(mdhd.start + (movie[mdhd.start] === 1 ? 20 : 12)),
    entry: entry === null ? '' : movie.toString('latin1', entry + 4, entry + 8),
    description:
      entry === null ? null : { start: entry + 8, end: Math.min(stsd!.end, entry + movie.readUInt32BE(entry)) },
    header: {
      rotation: rotationOf(movie, matrix),
      width: movie.readUInt32BE(matrix + 36) / 65_536,
      height: movie.readUInt32BE(matrix + 40) / 65_536,
    },
    box,
  };
}

/** Of a matrix whose first row is (a, b) and whose second row is (c, d); a mirrored picture is mirrored first. */
function rotationOf(movie: Buffer, matrix: number): ReadableVideo['rotation'] {
  const [a, b, c, d] = [0, 4, 12, 16].map((offset) => Math.sign(movie.readInt32BE(matrix + offset))) as [
    number,
    number,
    number,
    number,
  ];
  const isMirrored = a * d - b * c < 0;
  const turns = Math.round(Math.atan2(b, isMirrored ? -a : a) / (Math.PI / 2));
  return (((turns + 4) % 4) * 90) as ReadableVideo['rotation'];
}

/** Content of a sample description before its boxes (§12.1.3). */
const VISUAL_ENTRY = 78;

/** The size that is shown: after rotation, with the height of the stored frames and square pixels. */
export function shownSize(movie: Buffer, { description, header }: MovieTrack): ReadableVideo['size'] {
  if (!description || description.end - description.start < VISUAL_ENTRY) return null;
  const [width, height] = [movie.readUInt16BE(description.start + 24), movie.readUInt16BE(description.start + 26)];
  if (width === 0 || height === 0) return null;
  const pixel = boxAt(movie, boxesIn(description), 'pasp');
  const [across, down] = pixel ? [movie.readUInt32BE(pixel.start), movie.readUInt32BE(pixel.start + 4)] : [0, 0];
  const ofHeader = header.width > 0 && header.height > 0 ? (header.width * height) / (header.height * width) : 1;
  const aspect = across > 0 && down > 0 ? across / down : ofHeader;
  const isTurned = header.rotation % 180 !== 0;
  return isTurned
    ? { width: Math.max(1, Math.round(height / aspect)), height: width }
    : { width: Math.max(1, Math.round(width * aspect)), height };
}

/** PQ and HLG (ITU-T H.273). */
export const isHdrTransfer = (transfer: number): boolean => transfer === 16 || transfer === 18;

/** Whether its colors are declared as HDR. */
export function declaresHdr(movie: Buffer, { description }: MovieTrack): boolean {
  if (!description) return false;
  return boxesOf(movie, boxesIn(description), 'colr').some(
    ({ start, end }) =>
      end - start >= 10 &&
      /^ncl[xc]$/.test(movie.toString('latin1', start, start + 4)) &&
      isHdrTransfer(movie.readUInt16BE(start + 6)),
  );
}

const boxesIn = ({ start, end }: Pick<Box, 'start' | 'end'>) => ({ start: Math.min(end, start + VISUAL_ENTRY), end });
