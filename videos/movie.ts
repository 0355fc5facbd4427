import type { VideoHeader } from '../plan/video-header.ts';
import { BOX_HEAD, boxAt, boxesOf, boxOf } from './boxes.ts';
import { codecOfFour } from './codec-names.ts';
import type { FileBytes } from './file-bytes.ts';
import { NO_TIMES, summaryOf } from './frame-times.ts';
import { defaultTicks, fragmentSamples } from './movie-fragments.ts';
import { type Sample, samplesOf, shownFrames } from './movie-samples.ts';
import { declaresHdr, type MovieTrack, shownSize, trackAt } from './movie-track.ts';
import {
  ENCRYPTED,
  NO_FRAMES,
  NO_INDEX,
  NO_VIDEO_OF_ITS_OWN,
  NO_WHOLE_FRAME,
  onlyAudio,
  refusedSize,
} from './refusals.ts';

/** A movie box of an hour of video has a few megabytes. */
const LONGEST_MOVIE = 64 * 2 ** 20;
const LONGEST_FRAGMENT = 2 ** 20;
/** Boxes at the top of a file that are looked at. Fragmented files have thousands, after their movie box. */
const MOST_BOXES = 2000;

/** Of an MP4, QuickTime file or relative (ISO/IEC 14496-12). @returns null if the file is something else */
export async function readMovie(file: FileBytes): Promise<VideoHeader | null> {
  const layout = await layoutOf(file);
  if (!layout) return null;
  const { movie, isCutOff, isQuickTime } = layout;
  if (!movie) return layout.isMovie && layout.isComplete ? NO_INDEX : null;
  const content = { start: 0, end: movie.length };
  const boxes = boxesOf(movie, content, 'trak');
  const tracks = boxes.flatMap((box) => trackAt(movie, box) ?? []);
  const hasAudio = tracks.some(({ handler }) => handler === 'soun');
  const videos = tracks.filter(({ handler }) => handler === 'vide');
  const track = videos.find(({ isEnabled }) => isEnabled) ?? videos[0];
  if (tracks.some(({ entry }) => entry === 'encv' || entry === 'enca')) return ENCRYPTED;
  if (!track) {
    if (boxAt(movie, content, 'rmra')) return NO_VIDEO_OF_ITS_OWN;
    // A track that cannot be read may be the video.
    return hasAudio && tracks.length === boxes.length ? onlyAudio(movie.includes('covr', 0, 'latin1')) : null;
  }
  const size = shownSize(movie, track);
  const isTooLarge = size && refusedSize(size.width, size.height);
  if (isTooLarge) return isTooLarge;
  const movieHeader = boxAt(movie, content, 'mvhd');
  const [movieScale, duration] = movieHeader ? scaleAndDuration(movie, movieHeader.start) : [0, 0];
  const samples = track.timescale > 0 ? samplesWithFragments(layout, movie, track, file.size) : null;
  const times = samples ? summaryOf(shownFrames(movie, track, samples, movieScale || 1)) : NO_TIMES;
  if (times.frames === 0) return isCutOff ? NO_WHOLE_FRAME : NO_FRAMES;
  return {
    kind: 'video',
    container: isQuickTime ? 'mov' : 'mp4',
    size,
    rotation: track.header.rotation,
    codec: codecOfFour(track.entry),
    ...times,
    cutOffFrom: isCutOff ? (movieScale > 0 && duration > 0 ? duration / movieScale : Number.POSITIVE_INFINITY) : null,
    isHdr: declaresHdr(movie, track),
    hasAudio,
  };
}

/** Null: there are more than were looked at. */
function samplesWithFragments(
  { fragments, isComplete }: Layout,
  movie: Buffer,
  track: MovieTrack,
  fileSize: number,
): Sample[] | null {
  const samples = samplesOf(movie, track, fileSize);
  if (!samples || !isComplete) return null;
  const usual = defaultTicks(movie, track.id);
  for (const fragment of fragments) {
    const last = samples.at(-1);
    for (const sample of fragmentSamples(fragment, track.id, usual, last ? last.start + last.ticks : 0)) {
      samples.push(sample);
    }
  }
  return samples;
}

interface Layout {
  /** The content of the movie box; null: not found, or not whole. */
  readonly movie: Buffer | null;
  /** The contents of whole `moof` boxes. */
  readonly fragments: readonly Buffer[];
  readonly isQuickTime: boolean;
  /** Whether there are boxes that only such a file has. */
  readonly isMovie: boolean;
  /** Whether the file ends in the middle of a box. */
  readonly isCutOff: boolean;
  /** Whether all of the file was looked at. */
  readonly isComplete: boolean;
}

/** The boxes at the top of a file; null: there is something else. */
async function layoutOf(file: FileBytes): Promise<Layout | null> {
  let movie: Buffer | null = null;
  const fragments: Buffer[] = [];
  let [offset, isMovie, isQuickTime, isCutOff] = [0, false, true, false];
  for (let count = 0; count < MOST_BOXES && offset + 8 <= file.size && !isCutOff; count++) {
    const box = boxOf(await file.read(offset, BOX_HEAD), offset, file.size);
    if (!box || !/^[\w ]{4}$/.test(box.kind)) {
      if (!movie) return null;
      // Some programs append bytes of their own.
      offset = file.size;
      break;
    }
    const { kind, start, end } = box;
    isMovie ||= kind === 'ftyp' || kind === 'mdat';
    isCutOff = end > file.size;
    if (kind === 'ftyp') isQuickTime = (await file.read(start, 4)).toString('latin1') === 'qt  ';
    const isWhole = (most: number) => !isCutOff && end - start <= most;
    if (kind === 'moov' && isWhole(LONGEST_MOVIE)) movie = await file.read(start, end - start);
    if (kind === 'moof' && isWhole(LONGEST_FRAGMENT)) fragments.push(await file.read(start, end - start));
    offset = end;
  }
  return { movie, fragments, isQuickTime, isMovie, isCutOff: isCutOff && isMovie, isComplete: offset + 8 > file.size };
}

function scaleAndDuration(movie: Buffer, start: number): [number, number] {
  return movie[start] === 1
    ? [movie.readUInt32BE(start + 20), Number(movie.readBigUInt64BE(start + 24))]
    : [movie.readUInt32BE(start + 12), movie.readUInt32BE(start + 16)];
}
