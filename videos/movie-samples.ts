import { type Box, boxAt } from './boxes.ts';
import type { FrameTime } from './frame-times.ts';
import type { MovieTrack } from './movie-track.ts';

/** A sample of a track, in ticks of its clock. */
export interface Sample {
  /** When it is shown. */
  readonly start: number;
  readonly ticks: number;
}

/** Tables may claim more than they have. 38 hours at 30 frames a second. */
const MOST_SAMPLES = 2 ** 22;

/**
 * The samples of a track in the order in which they are decoded.
 *
 * @param fileSize bytes: samples after it are left out
 * @returns null if there are more than are read
 */
export function samplesOf(movie: Buffer, { box }: MovieTrack, fileSize: number): Sample[] | null {
  const tables = boxAt(movie, box, 'mdia/minf/stbl');
  const [times, sizes] = tables ? [boxAt(movie, tables, 'stts'), boxAt(movie, tables, 'stsz')] : [];
  if (!tables || !times) return [];
  const composed = boxAt(movie, tables, 'ctts');
  const offsets = composed && runs(movie, composed, (at) => movie.readInt32BE(at));
  const count = sizes ? movie.readUInt32BE(sizes.start + 8) : Number.POSITIVE_INFINITY;
  const samples: Sample[] = [];
  let decoded = 0;
  for (const ticks of runs(movie, times, (at) => movie.readUInt32BE(at))) {
    if (samples.length >= count) break;
    if (samples.length >= MOST_SAMPLES) return null;
    const offset = offsets?.next().value ?? 0;
    samples.push({ start: decoded + offset, ticks });
    decoded += ticks;
  }
  return sizes ? samples.slice(0, readable(movie, tables, sizes, samples.length, fileSize)) : samples;
}

/** A table of pairs: how often a value follows, and the value. */
function* runs(movie: Buffer, { start, end }: Box, valueAt: (offset: number) => number): Generator<number> {
  const entries = Math.min(movie.readUInt32BE(start + 4), Math.floor((end - start - 8) / 8));
  for (let entry = 0; entry < entries; entry++) {
    const at = start + 8 + entry * 8;
    const value = valueAt(at + 4);
    for (let left = movie.readUInt32BE(at); left > 0; left--) yield value;
  }
}

/** How many of the first samples are in the file: their chunks have offsets, and they follow one another there. */
function readable(movie: Buffer, tables: Box, sizes: Box, count: number, fileSize: number): number {
  const chunks = boxAt(movie, tables, 'stco') ?? boxAt(movie, tables, 'co64');
  const perChunk = boxAt(movie, tables, 'stsc');
  if (!chunks || !perChunk) return count;
  const uniform = movie.readUInt32BE(sizes.start + 4);
  const sizeOf = (sample: number) => uniform || movie.readUInt32BE(sizes.start + 12 + sample * 4);
  const isWide = chunks.kind === 'co64';
  const entries = movie.readUInt32BE(perChunk.start + 4);
  let [sample, entry] = [0, 0];
  for (let chunk = 0; chunk < movie.readUInt32BE(chunks.start + 4); chunk++) {
    const next = perChunk.start + 8 + (entry + 1) * 12;
    if (entry + 1 < entries && movie.readUInt32BE(next) === chunk + 1) entry++;
    const samples = movie.readUInt32BE(perChunk.start + 8 + entry * 12 + 4);
    const at = chunks.start + 8 + chunk * (isWide ? 8 : 4);
    let end = isWide ? Number(movie.readBigUInt64BE(at)) : movie.readUInt32BE(at);
    for (let i = 0; i < samples && sample < count; i++, sample++) {
      end += sizeOf(sample);
      if (end > fileSize) return sample;
    }
  }
  return sample;
}

/**
 * What players show of the samples of a track: its edit list may leave some out, and may show parts in another order
 * (§8.6.6).
 *
 * @param movieScale ticks of a second in the durations of edits
 */
export function shownFrames(
  movie: Buffer,
  { box, timescale }: MovieTrack,
  samples: readonly Sample[],
  movieScale: number,
): FrameTime[] {
  const seconds = (ticks: number) => ticks / timescale;
  const all = samples.map(({ start, ticks }) => ({ start: seconds(start), seconds: seconds(ticks) }));
  const edits = editsOf(movie, boxAt(movie, box, 'edts/elst'));
  if (!edits.some(({ from }) => from >= 0)) return all;
  const shown: FrameTime[] = [];
  let offset = 0;
  for (const { duration, from } of edits) {
    const length = duration / movieScale;
    // Without a duration, it goes to the end, as in fragmented files.
    const end = duration === 0 ? Number.POSITIVE_INFINITY : seconds(from) + length;
    for (const frame of from < 0 ? [] : all) {
      const isShown = frame.start >= seconds(from) && frame.start < end;
      if (isShown) shown.push({ start: offset + frame.start - seconds(from), seconds: frame.seconds });
      if (shown.length > MOST_SAMPLES) return all;
    }
    offset += length;
  }
  return shown;
}

/** Longer lists are not of a person. */
const MOST_EDITS = 1000;

/** `duration` in ticks of the movie; `from` in those of the track, below 0: nothing is shown. */
function editsOf(movie: Buffer, list: Box | null): { readonly duration: number; readonly from: number }[] {
  if (!list) return [];
  const isWide = movie[list.start] === 1;
  const length = isWide ? 20 : 12;
  const count = Math.min(movie.readUInt32BE(list.start + 4), Math.floor((list.end - list.start - 8) / length));
  return Array.from({ length: Math.min(count, MOST_EDITS) }, (_, i) => {
    const at = list.start + 8 + i * length;
    return isWide
      ? { duration: Number(movie.readBigUInt64BE(at)), from: Number(movie.readBigInt64BE(at + 8)) }
      : { duration: movie.readUInt32BE(at), from: movie.readInt32BE(at + 4) };
  });
}
