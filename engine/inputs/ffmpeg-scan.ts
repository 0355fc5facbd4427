import { TIME_TOLERANCE } from '../../plan/source-time.ts';
import { RenderError } from '../failure.ts';
import type { FfmpegProgram } from './ffmpeg-program.ts';
import { FfmpegRun, INPUT_OPTIONS, type RunOptions } from './ffmpeg-run.ts';

/** A video stream as ffmpeg describes it. */
export interface VideoStream {
  /** In the file. */
  readonly index: number;
  /** ffmpeg's name, such as `h264`; `none` for one that it does not know. */
  readonly codec: string;
  /** Four characters that name the codec in the file; empty: none. */
  readonly tag: string;
  /** Pixels as they are stored; 0: not known. */
  readonly width: number;
  readonly height: number;
  readonly pixelFormat: string;
  readonly isDefault: boolean;
  /** A single image that belongs to the file. */
  readonly isCover: boolean;
  /** Whether VP8 and VP9 store alpha beside the pixels. */
  readonly hasAlphaBeside: boolean;
  readonly isHdr: boolean;
  readonly isInterlaced: boolean;
}

/** What is in a file, without decoding it. */
export interface Scan {
  readonly videos: readonly VideoStream[];
  readonly hasAudio: boolean;
  /** As the header says, in seconds; null: it does not. */
  readonly promised: number | null;
  /** The times of each of `videos`, in its order: seconds as they are in the file. */
  readonly packets: readonly PacketTimes[];
  /** Whether the file ends before it should. */
  readonly isCutOff: boolean;
  /** Whether ffmpeg knows the container. */
  readonly isOpened: boolean;
  readonly log: readonly string[];
}

export interface PacketTimes {
  /** Starts of the frames that are shown, in the order in which they are shown. */
  readonly starts: readonly number[];
  /** When the last one ends. */
  readonly end: number;
  /** Without times in the file, frames follow one another evenly, and the first is at 0. */
  readonly isCounted: boolean;
}

/** A frame that the file marks as not shown, such as those that an edit list leaves out. */
const DISCARDED = 4;

/** Reads the times of all frames of a video without decoding any. @param path absolute */
export async function scanVideo(program: FfmpegProgram, path: string, options: RunOptions): Promise<Scan> {
  const header: string[] = [];
  let [isInHeader, isCutOff] = [false, false];
  await using run = new FfmpegRun(
    program.path,
    [...INPUT_OPTIONS, '-copyts', '-i', path, '-map', '0:v', '-c', 'copy', '-f', 'framecrc', 'pipe:1'],
    {
      ...options,
      onLine: (line) => {
        // A line before it may have been cut off.
        if (line.includes('Input #0, ')) isInHeader = true;
        if (/^(?:Output #|Stream mapping)/.test(line)) isInHeader = false;
        if (isInHeader && header.length < MOST_HEADER_LINES) header.push(line);
        if (/partial file|ended prematurely/i.test(line)) isCutOff = true;
        return false;
      },
    },
  );
  const tables = new Map<number, PacketTable>();
  let rest = '';
  for (let chunk = await run.read(); chunk; chunk = await run.read()) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop()!;
    if (rest.length > LONGEST_LINE) {
      throw new RenderError(
        'unsupported',
        `${program.path} does not answer as ffmpeg about “${options.name}”. Use another ffmpeg.`,
      );
    }
    for (const line of lines) readLine(line, tables);
  }
  const videos = streamsIn(header);
  const [, hours, minutes, seconds] = /Duration: (\d+):(\d+):([\d.]+)/.exec(header.join('\n')) ?? [];
  return {
    videos,
    hasAudio: header.some((line) => /^\s*Stream #0:.*: Audio:/.test(line)),
    promised: hours === undefined ? null : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds),
    packets: videos.map((_, i) => timesOf(tables.get(i))),
    isCutOff,
    isOpened: header.length > 0,
    log: run.log,
  };
}

const MOST_HEADER_LINES = 2000;
const LONGEST_LINE = 4096;

interface PacketTable {
  /** Seconds of a tick. */
  base: number;
  /** Ticks at which frames start, and how long they are shown; null: the file has no times. */
  readonly packets: { readonly start: number | null; readonly ticks: number }[];
}

/** Of ffmpeg's `framecrc`: `#tb 0: 1/12288`, then `stream, decoding time, time, duration, size, checksum, F=flags`. */
function readLine(line: string, tables: Map<number, PacketTable>): void {
  const base = /^#tb (\d+): (\d+)\/(\d+)/.exec(line);
  if (base) tables.set(Number(base[1]), { base: Number(base[2]) / Number(base[3]), packets: [] });
  const [, stream, time, duration, rest] = /^(\d+), *-?\d+, *(-?\d+), *(\d+),(.*)/.exec(line) ?? [];
  if (stream === undefined) return;
  const [, flags] = /F=0x([0-9A-F]+)/i.exec(rest!) ?? [];
  if (flags !== undefined && Number.parseInt(flags, 16) & DISCARDED) return;
  const start = Number(time);
  // ffmpeg's mark for a time that is not known.
  const isKnown = Math.abs(start) < 2 ** 62;
  tables.get(Number(stream))?.packets.push({ start: isKnown ? start : null, ticks: Number(duration) });
}

function timesOf(table: PacketTable | undefined): PacketTimes {
  if (!table || table.packets.length === 0) return { starts: [], end: 0, isCounted: false };
  const { base, packets } = table;
  if (packets.some(({ start }) => start === null)) {
    const ticks = Math.max(1, packets[0]!.ticks);
    return { starts: packets.map((_, i) => i * ticks * base), end: packets.length * ticks * base, isCounted: true };
  }
  const sorted = packets.map(({ start, ticks }) => ({ start: start! * base, ticks })).sort((a, b) => a.start - b.start);
  const last = sorted.at(-1)!;
  const before = sorted.at(-2);
  // Some containers store no durations.
  const seconds = last.ticks > 0 ? last.ticks * base : before ? last.start - before.start : TIME_TOLERANCE * 2;
  return { starts: sorted.map(({ start }) => start), end: last.start + seconds, isCounted: false };
}

/** The video streams of ffmpeg's description of its input, whose form has been the same for many versions. */
function streamsIn(lines: readonly string[]): VideoStream[] {
  const starts = lines.flatMap((line, i) => (/^\s*Stream #0:/.test(line) ? [i] : []));
  return starts.flatMap((start, i) => {
    const [, index, description] = /^\s*Stream #0:(\d+)[^:]*: Video: (.*)/.exec(lines[start]!) ?? [];
    if (index === undefined || description === undefined) return [];
    const details = lines.slice(start + 1, starts[i + 1]);
    const [, codec = 'none'] = /^(\w+)/.exec(description) ?? [];
    // The profile of a codec is in parentheses, too.
    const [, tag = ''] = /\((\S{4}) \/ 0x[0-9A-F]+\)/i.exec(description) ?? [];
    const [, width = '0', height = '0'] = /, (\d+)x(\d+)/.exec(description) ?? [];
    const [, pixelFormat = ''] = /, (\w+)(?:\(|,)/.exec(description.replace(/^[^,(]*(?:\([^)]*\) ?)*/, '')) ?? [];
    return [
      {
        index: Number(index),
        codec,
        tag,
        width: Number(width),
        height: Number(height),
        pixelFormat,
        isDefault: /\(default\)/.test(description),
        isCover: /\((?:attached pic|timed thumbnails|still image)\)/.test(description),
        hasAlphaBeside: details.some((line) => /^\s*alpha_mode\s*: 1/i.test(line)),
        isHdr: /smpte2084|arib-std-b67/.test(description),
        isInterlaced: /top first|bottom first|top coded first|bottom coded first/.test(description),
      },
    ];
  });
}

/** The stream that players show: the default one, else the first that is not a cover; undefined: there is none. */
export function shownStream(videos: readonly VideoStream[]): number {
  const candidates = videos.map((stream, i) => ({ ...stream, i })).filter(({ isCover }) => !isCover);
  return (candidates.find(({ isDefault }) => isDefault) ?? candidates[0])?.i ?? -1;
}
