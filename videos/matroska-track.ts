import type { ReadableVideo } from '../plan/video-header.ts';
import { codecOfId } from './codec-names.ts';
import { unsignedAt, wholeElements } from './ebml.ts';
import { isHdrTransfer } from './movie-track.ts';

/** Matroska's ids of the elements that describe a track (RFC 9559). */
const TRACK = 0xae;
const NUMBER = 0xd7;
const TYPE = 0x83;
const IS_DEFAULT = 0x88;
const CODEC = 0x86;
const CODEC_PRIVATE = 0x63a2;
const DEFAULT_DURATION = 0x23e383;
const ENCODINGS = 0x6d80;
const ENCODING = 0x6240;
const ENCRYPTION = 0x5035;
const VIDEO = 0xe0;
const WIDTH = 0xb0;
const HEIGHT = 0xba;
const DISPLAY_WIDTH = 0x54b0;
const DISPLAY_HEIGHT = 0x54ba;
const COLOR = 0x55b0;
const TRANSFER = 0x55ba;

const TYPES: Readonly<Record<number, 'video' | 'audio'>> = { 1: 'video', 2: 'audio' };

/** A track of a Matroska or WebM file, by its header. */
export interface MatroskaTrack {
  readonly number: number;
  readonly type: 'video' | 'audio' | 'other';
  readonly isDefault: boolean;
  readonly codec: string | null;
  /** Of a frame; 0: not known. */
  readonly seconds: number;
  readonly isEncrypted: boolean;
  /** With square pixels. */
  readonly size: ReadableVideo['size'];
  readonly isHdr: boolean;
}

/** @param tracks the content of a `Tracks` element */
export function tracksOf(tracks: Buffer): MatroskaTrack[] {
  return [...wholeElements(tracks)].filter(({ id }) => id === TRACK).map(({ content }) => trackOf(content));
}

function trackOf(track: Buffer): MatroskaTrack {
  const parts = new Map([...wholeElements(track)].map(({ id, content }) => [id, content]));
  const video = parts.get(VIDEO);
  const id = parts.get(CODEC)?.toString('latin1').replace(/\0+$/, '') ?? '';
  return {
    number: numberIn(parts, NUMBER),
    type: TYPES[numberIn(parts, TYPE)] ?? 'other',
    // RFC 9559 §5.1.4.1.6: set if it is left out.
    isDefault: numberIn(parts, IS_DEFAULT, 1) === 1,
    // A BITMAPINFOHEADER.
    codec: codecOfId(id, parts.get(CODEC_PRIVATE)?.toString('latin1', 16, 20) ?? ''),
    seconds: numberIn(parts, DEFAULT_DURATION) / 1e9,
    isEncrypted: [...wholeElements(parts.get(ENCODINGS) ?? NOTHING)].some(
      ({ id, content }) => id === ENCODING && [...wholeElements(content)].some((part) => part.id === ENCRYPTION),
    ),
    ...pictureOf(video ?? NOTHING),
  };
}

const NOTHING = Buffer.alloc(0);

function pictureOf(video: Buffer): Pick<MatroskaTrack, 'size' | 'isHdr'> {
  const parts = new Map([...wholeElements(video)].map(({ id, content }) => [id, content]));
  const color = new Map([...wholeElements(parts.get(COLOR) ?? NOTHING)].map(({ id, content }) => [id, content]));
  const [width, height] = [numberIn(parts, WIDTH), numberIn(parts, HEIGHT)];
  const [across, down] = [numberIn(parts, DISPLAY_WIDTH, width), numberIn(parts, DISPLAY_HEIGHT, height)];
  const isKnown = width > 0 && height > 0 && across > 0 && down > 0;
  return {
    size: isKnown ? { width: Math.max(1, Math.round((across * height) / down)), height } : null,
    isHdr: isHdrTransfer(numberIn(color, TRANSFER)),
  };
}

/** An unsigned integer, which has up to 8 bytes. */
export function numberIn(parts: ReadonlyMap<number, Buffer>, id: number, absent = 0): number {
  const content = parts.get(id);
  return content && content.length > 0 && content.length <= 8 ? unsignedAt(content, 0, content.length) : absent;
}
