import { smallest } from '../plan/extremes.ts';
import type { VideoHeader } from '../plan/video-header.ts';
import { ELEMENT_HEAD, type Element, elementOf, lengthAt, unsignedAt, wholeElements } from './ebml.ts';
import type { FileBytes } from './file-bytes.ts';
import { type FrameTime, summaryOf } from './frame-times.ts';
import { type MatroskaTrack, numberIn, tracksOf } from './matroska-track.ts';
import { ENCRYPTED, NO_FRAMES, NO_WHOLE_FRAME, onlyAudio, refusedSize } from './refusals.ts';

/** Matroska's ids (RFC 9559). */
const HEADER = 0x1a45dfa3;
const DOC_TYPE = 0x4282;
const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const TIMESTAMP_SCALE = 0x2ad7b1;
const DURATION = 0x4489;
const TRACKS = 0x1654ae6b;
const ATTACHMENTS = 0x1941a469;
const CLUSTER = 0x1f43b675;
const TIMESTAMP = 0xe7;
const GROUP = 0xa0;
const BLOCK = 0xa1;
const SIMPLE_BLOCK = 0xa3;
const BLOCK_DURATION = 0x9b;

/** What is in these follows them, so that a walk also works without their sizes. */
const ENTERED: ReadonlySet<number> = new Set([SEGMENT, CLUSTER, GROUP]);

/** Larger descriptions are not read. */
const LONGEST_ELEMENT = 2 ** 20;
/** Elements that are looked at: about two minutes of video. */
const MOST_ELEMENTS = 6000;

/** What is known of a file after a walk through it. */
interface Walk {
  isWebm: boolean;
  /** Seconds of a tick. */
  tick: number;
  /** Seconds, as the header says. */
  promised: number | null;
  tracks: readonly MatroskaTrack[];
  /** Of all tracks: seconds. */
  readonly blocks: { readonly track: number; readonly start: number; seconds: number }[];
  hasAttachments: boolean;
  isCutOff: boolean;
  /** Whether all of the file was looked at. */
  isComplete: boolean;
}

/** Of a Matroska or WebM file. @returns null if its header is damaged */
export async function readMatroska(file: FileBytes): Promise<VideoHeader | null> {
  const walk = await walked(file);
  const { tracks, blocks, promised, isCutOff, isComplete } = walk;
  if (tracks.length === 0) return isCutOff ? NO_WHOLE_FRAME : null;
  const hasAudio = tracks.some(({ type }) => type === 'audio');
  const videos = tracks.filter(({ type }) => type === 'video');
  const track = videos.find(({ isDefault }) => isDefault) ?? videos[0];
  if (!track) return hasAudio ? onlyAudio(walk.hasAttachments) : null;
  if (track.isEncrypted) return ENCRYPTED;
  const isTooLarge = track.size && refusedSize(track.size.width, track.size.height);
  if (isTooLarge) return isTooLarge;
  const own = blocks
    .filter((block) => block.track === track.number)
    .map(({ start, seconds }): FrameTime => ({ start, seconds: seconds || track.seconds }));
  if (isComplete && own.length === 0) return isCutOff ? NO_WHOLE_FRAME : NO_FRAMES;
  return {
    kind: 'video',
    container: walk.isWebm ? 'webm' : 'mkv',
    size: track.size,
    rotation: 0,
    codec: track.codec,
    ...(isComplete ? exactly(summaryOf(own), track) : estimated(own, track, promised)),
    cutOffFrom: isCutOff ? (promised ?? Number.POSITIVE_INFINITY) : null,
    isHdr: track.isHdr,
    hasAudio,
  };
}

/** Times are rounded to milliseconds, and the header may have the exact duration of a frame. */
function exactly(times: ReturnType<typeof summaryOf>, { seconds }: MatroskaTrack) {
  if (times.isVariable || seconds === 0 || times.frames === null) return times;
  return { ...times, fps: 1 / seconds, seconds: times.frames * seconds };
}

/** Of a file that was not walked to its end: what the header promises, from the first frame on. */
function estimated(blocks: readonly FrameTime[], track: MatroskaTrack, promised: number | null) {
  const { fps, isVariable } = exactly(summaryOf(blocks), track);
  const first = smallest(blocks.map(({ start }) => start));
  const seconds = promised === null || blocks.length === 0 ? null : promised - first;
  const frames = seconds === null || isVariable || fps === null ? null : Math.round(seconds * fps);
  return { frames, seconds, fps: blocks.length > 1 ? fps : null, isVariable };
}

async function walked(file: FileBytes): Promise<Walk> {
  const walk: Walk = {
    isWebm: false,
    tick: 0.001,
    promised: null,
    tracks: [],
    blocks: [],
    hasAttachments: false,
    isCutOff: false,
    isComplete: false,
  };
  let [offset, cluster] = [0, 0];
  for (let count = 0; count < MOST_ELEMENTS && offset < file.size; count++) {
    const element = elementOf(await file.read(offset, ELEMENT_HEAD), offset);
    if (!element) break;
    const { id, start, end } = element;
    const isUnknown = end === Number.POSITIVE_INFINITY;
    if (end > file.size && !isUnknown) walk.isCutOff = true;
    if (ENTERED.has(id)) {
      offset = start;
      continue;
    }
    // What is not whole is not shown.
    if (isUnknown || end > file.size) break;
    if (id === TIMESTAMP) cluster = await unsignedOf(file, element);
    else if (id === SIMPLE_BLOCK || id === BLOCK) walk.blocks.push(await blockAt(file, element, cluster, walk.tick));
    else if (id === BLOCK_DURATION && walk.blocks.length > 0) {
      walk.blocks.at(-1)!.seconds = (await unsignedOf(file, element)) * walk.tick;
    } else if (end - start <= LONGEST_ELEMENT) await readDescription(walk, file, element);
    walk.hasAttachments ||= id === ATTACHMENTS;
    offset = end;
  }
  walk.isComplete = offset >= file.size || walk.isCutOff;
  return walk;
}

async function readDescription(walk: Walk, file: FileBytes, { id, start, end }: Element): Promise<void> {
  if (id !== HEADER && id !== INFO && id !== TRACKS) return;
  const content = await file.read(start, end - start);
  if (id === TRACKS) walk.tracks = tracksOf(content);
  if (id === TRACKS) return;
  const parts = new Map([...wholeElements(content)].map((part) => [part.id, part.content]));
  if (id === HEADER) walk.isWebm = parts.get(DOC_TYPE)?.toString('latin1').startsWith('webm') ?? false;
  if (id !== INFO) return;
  walk.tick = numberIn(parts, TIMESTAMP_SCALE, 1_000_000) / 1e9;
  const duration = parts.get(DURATION);
  const ticks =
    duration?.length === 8 ? duration.readDoubleBE(0) : duration?.length === 4 ? duration.readFloatBE(0) : 0;
  walk.promised = ticks > 0 ? ticks * walk.tick : null;
}

/** A block begins with the number of its track and its time in the cluster. */
async function blockAt(file: FileBytes, { start }: Element, cluster: number, tick: number) {
  const head = await file.read(start, 10);
  const length = lengthAt(head, 0);
  if (length === null || length + 2 > head.length) return { track: 0, start: 0, seconds: 0 };
  const time = cluster + head.readInt16BE(length);
  return { track: unsignedAt(head, 0, length, 0xff >> length), start: time * tick, seconds: 0 };
}

async function unsignedOf(file: FileBytes, { start, end }: Element): Promise<number> {
  const bytes = await file.read(start, Math.min(8, end - start));
  return unsignedAt(bytes, 0, bytes.length);
}
