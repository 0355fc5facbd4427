import { RenderError } from '../failure.ts';
import type { FfmpegProgram } from './ffmpeg-program.ts';
import { FfmpegRun, INPUT_OPTIONS, type RunOptions } from './ffmpeg-run.ts';
import type { VideoStream } from './ffmpeg-scan.ts';
import type { PixelSize, SourcePicture } from './source.ts';

/** A video whose frames are wanted. */
export interface DecodedVideo {
  readonly path: string;
  readonly stream: VideoStream;
  /** Seconds in the file at which its frames start, in order. */
  readonly starts: readonly number[];
  /** Whether the file has no times: then its first frame is at 0, wherever ffmpeg puts it. */
  readonly isCounted: boolean;
}

/** Frames are decoded from so many seconds before the first that is wanted, if that is not the start. */
const BEFORE_SECONDS = 2;
/** Half the shortest time between frames, and above rounding errors. */
const SAME_TIME = 0.0005;

/** Decoded frames that wait for this program. */
const QUEUED_FRAMES = 2;

/** Of `showinfo`. */
const TIME_BASE = /^\[Parsed_showinfo.*config in time_base: (\d+)\/(\d+)/;
const FRAME = /^\[Parsed_showinfo.*\bn: *\d+ pts: *(\S+)/;

/**
 * The wanted frames of a video, in order, scaled by ffmpeg before they are piped. A frame that cannot be decoded shows
 * the one before, as in players.
 *
 * @param picks positions in `starts`, ascending
 * @param size null: as the video is displayed
 * @param onDamage receives the seconds in the file of the first frame that could not be decoded
 * @throws RenderError if frames are missing, because ffmpeg was ended or failed
 */
export async function* decodedFrames(
  program: FfmpegProgram,
  video: DecodedVideo,
  picks: readonly number[],
  size: PixelSize | null,
  options: RunOptions & { readonly onDamage: (seconds: number) => void },
): AsyncGenerator<{ readonly frame: number; readonly picture: SourcePicture }> {
  const { starts, isCounted } = video;
  const times: number[] = [];
  let base = 0;
  const run = new FfmpegRun(program.path, decodeArguments(program, video, starts[picks[0]!]!, size), {
    ...options,
    onLine: (line) => {
      const timeBase = TIME_BASE.exec(line);
      if (timeBase) base = Number(timeBase[1]) / Number(timeBase[2]);
      const frame = FRAME.exec(line);
      if (frame) times.push(Number(frame[1]) * base);
      return line.startsWith('[Parsed_showinfo');
    },
  });
  let held: { readonly picture: SourcePicture; readonly time: number } | null = null;
  let next = 0;
  let isDamaged = false;
  const origin = () => (isCounted ? (times[0] ?? 0) - starts[0]! : 0);
  const serve = function* (until: number) {
    while (next < picks.length && held && starts[picks[next]!]! < until - SAME_TIME) {
      const wanted = starts[picks[next]!]!;
      if (held.time < wanted - SAME_TIME && !isDamaged) {
        isDamaged = true;
        options.onDamage(wanted);
      }
      isSeen = true;
      yield { frame: picks[next]!, picture: held.picture };
      next++;
    }
  };
  const buffers = new FrameBuffers();
  let isSeen = false;
  let count = 0;
  for await (const picture of pictures(run, buffers, program.path, options.name)) {
    const at = count;
    count++;
    // The log comes on another way than the pictures, and may be a little later.
    if (!(await run.waitForLog(() => times.length > at))) break;
    const inFile = times[at]! - origin();
    yield* serve(inFile);
    if (held && !isSeen) buffers.giveBack(held.picture.rgb);
    isSeen = false;
    held = { picture, time: inFile };
    if (next >= picks.length) return;
  }
  if (!run.wasKilled && held) yield* serve(Number.POSITIVE_INFINITY);
  if (next < picks.length) {
    for (const line of run.log) options.info(`ffmpeg: ${line}`);
    const how = run.wasKilled ? 'was ended' : 'stopped';
    const came = count === 0 ? 'no frame came' : count === 1 ? 'only 1 frame came' : `only ${count} frames came`;
    throw new RenderError(
      'unsupported',
      `${program.path} ${how} while it decoded “${options.name}”: ${came}. Use another copy of the video. The log has what it printed.`,
    );
  }
}

function decodeArguments(
  program: FfmpegProgram,
  { path, stream, starts, isCounted }: DecodedVideo,
  first: number,
  size: PixelSize | null,
): string[] {
  const target = first - BEFORE_SECONDS;
  // Frames after the seek point are all decoded, and chosen by their own times.
  const seek =
    isCounted || target <= starts[0]! ? [] : ['-noaccurate_seek', '-seek_timestamp', '1', '-ss', String(target)];
  const hasAlpha = alphaOf(stream) !== 'none';
  const isVpx = stream.hasAlphaBeside && program.decoders.has(VPX[stream.codec] ?? '');
  return [
    ...INPUT_OPTIONS,
    '-copyts',
    ...seek,
    ...(isVpx ? ['-c:v', VPX[stream.codec]!] : []),
    '-i',
    path,
    '-map',
    `0:${stream.index}`,
    '-vf',
    filters(program, stream, size, hasAlpha),
    ...program.keepTimes,
    ...outputFormat(program),
    '-c:v',
    hasAlpha ? 'pam' : 'ppm',
    'pipe:1',
  ];
}

/** Pictures one after another, written in a thread of its own if possible, so that frames are decoded meanwhile. */
function outputFormat({ muxers }: FfmpegProgram): string[] {
  return muxers.has('fifo')
    ? ['-f', 'fifo', '-fifo_format', 'image2pipe', '-queue_size', String(QUEUED_FRAMES)]
    : ['-f', 'image2pipe'];
}

/** ffmpeg's own decoders of VP8 and VP9 leave alpha out. */
export const VPX: Readonly<Record<string, string>> = { vp8: 'libvpx', vp9: 'libvpx-vp9' };

export function alphaOf({ pixelFormat, hasAlphaBeside }: VideoStream): 'none' | 'beside' | 'in pixels' {
  if (hasAlphaBeside) return 'beside';
  return /^(?:yuva|gbrap|rgba|argb|bgra|abgr|ya8|ya16|pal8)/.test(pixelFormat) ? 'in pixels' : 'none';
}

/** Of zimg and ffmpeg, which together map HDR to normal brightness. */
export const mapsTones = ({ filters }: Pick<FfmpegProgram, 'filters'>): boolean =>
  filters.has('zscale') && filters.has('tonemap');

/**
 * HDR to sRGB. White is 203 cd/m² (ITU-R BT.2408), and colors up to it stay close to what they are; what is brighter is
 * compressed into the rest.
 */
const TONE_MAP = [
  'zscale=t=linear:npl=203',
  'format=gbrpf32le',
  'zscale=p=bt709',
  'tonemap=mobius:param=0.5:desat=0',
  'zscale=t=iec61966-2-1',
  'format=gbrp',
];

/** How ffmpeg scales frames and converts their colors, by its names. */
export const SCALING = 'lanczos+accurate_rnd+full_chroma_int';

/**
 * Fields of interlaced frames would be combs. Colors are multiplied by their alpha before they are scaled, so that hidden
 * ones never come through at edges.
 */
function filters(program: FfmpegProgram, stream: VideoStream, size: PixelSize | null, hasAlpha: boolean): string {
  const to = size ? `${size.width}:${size.height}` : `'max(1,trunc(iw*sar+0.5))':ih`;
  const scale = `scale=${to}:flags=${SCALING}`;
  return [
    program.printTimes,
    ...(stream.isInterlaced && program.filters.has('yadif') ? ['yadif=deint=interlaced'] : []),
    ...(hasAlpha ? ['format=gbrap', 'premultiply=inplace=1'] : []),
    ...(stream.isHdr && !hasAlpha && mapsTones(program) ? TONE_MAP : []),
    scale,
    'setsar=1',
    hasAlpha ? 'format=rgba' : 'format=rgb24',
  ].join(',');
}

/** Larger ones are not pictures. */
const LONGEST_HEAD = 200;

/** Frames that are read into their own memory, which is used again for those that nobody has seen. */
class FrameBuffers {
  #free: Uint8Array | null = null;

  take(bytes: number): Uint8Array {
    const free = this.#free?.length === bytes ? this.#free : null;
    this.#free = null;
    return free ?? Buffer.allocUnsafeSlow(bytes);
  }

  giveBack(frame: Uint8Array): void {
    this.#free = frame;
  }
}

/** A frame of which a part was read. */
interface FrameInProgress extends Head {
  readonly pixels: Uint8Array;
  filled: number;
}

/**
 * Pictures one after another: `P6`, size and 255 in front, or `P7` with alpha (Netpbm). What comes is copied once, into
 * the picture.
 */
async function* pictures(
  run: FfmpegRun,
  buffers: FrameBuffers,
  program: string,
  name: string,
): AsyncGenerator<SourcePicture> {
  /** The part of a head that came, if it is not whole. */
  let start: Buffer = Buffer.alloc(0);
  let frame: FrameInProgress | null = null;
  for await (const chunk of run.output()) {
    let at = 0;
    while (at < chunk.length) {
      if (!frame) {
        const known = start.length;
        start = Buffer.concat([start, chunk.subarray(at, at + LONGEST_HEAD - known)]);
        const head = headOf(start.toString('latin1'));
        if (!head && start.length >= LONGEST_HEAD) {
          throw new RenderError('unsupported', `${program} does not send frames of “${name}”. Use another ffmpeg.`);
        }
        if (!head) break;
        at += head.length - known;
        start = Buffer.alloc(0);
        frame = { ...head, pixels: buffers.take(head.width * head.height * head.channels), filled: 0 };
      }
      const part = chunk.subarray(at, at + frame.pixels.length - frame.filled);
      frame.pixels.set(part, frame.filled);
      frame.filled += part.length;
      at += part.length;
      if (frame.filled < frame.pixels.length) break;
      const { width, height, channels, pixels } = frame;
      frame = null;
      yield { width, height, rgb: channels === 3 ? pixels : premultipliedOnWhite(pixels) };
    }
  }
}

interface Head {
  /** In bytes. */
  readonly length: number;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

function headOf(text: string): Head | null {
  const [rgb, w, h] = /^P6\s(\d{1,6})\s(\d{1,6})\s255\s/.exec(text) ?? [];
  if (rgb !== undefined) return { length: rgb.length, width: Number(w), height: Number(h), channels: 3 };
  const [rgba, width, height] =
    /^P7\nWIDTH (\d{1,6})\nHEIGHT (\d{1,6})\nDEPTH 4\nMAXVAL 255\n(?:TUPLTYPE RGB_ALPHA\n)?ENDHDR\n/.exec(text) ?? [];
  return rgba === undefined ? null : { length: rgba.length, width: Number(width), height: Number(height), channels: 4 };
}

/** RGBA whose colors are multiplied by alpha, on white. */
function premultipliedOnWhite(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const white = 255 - rgba[from + 3]!;
    for (let channel = 0; channel < 3; channel++) rgb[to + channel] = Math.min(255, rgba[from + channel]! + white);
  }
  return rgb;
}
