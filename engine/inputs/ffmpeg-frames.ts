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
const FRAME = /^\[Parsed_showinfo.*\bn: *\d+ pts: *(\S+) .*\bs:(\d{1,6})x(\d{1,6}) /;

/**
 * The wanted frames of a video, in order, scaled by ffmpeg before they are piped. A frame that cannot be decoded shows
 * the one before, as in players. The memory of a picture is used again when the next one is asked for.
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
  const { starts, isCounted, stream } = video;
  /** Seconds in the file of the frames that the log describes, before they come. */
  const times: number[] = [];
  /** Of all frames: ffmpeg scales those of other sizes to that of the first. */
  let piped: PixelSize | null = null;
  let base = 0;
  await using run = new FfmpegRun(program.path, decodeArguments(program, video, starts[picks[0]!]!, size), {
    ...options,
    onLine: (line) => {
      const timeBase = TIME_BASE.exec(line);
      if (timeBase) base = Number(timeBase[1]) / Number(timeBase[2]);
      const frame = FRAME.exec(line);
      if (frame) {
        times.push(Number(frame[1]) * base);
        piped ??= { width: Number(frame[2]), height: Number(frame[3]) };
      }
      return line.startsWith('[Parsed_showinfo');
    },
  });
  let held: { readonly picture: SourcePicture; readonly time: number } | null = null;
  let next = 0;
  let isDamaged = false;
  const serve = function* (until: number) {
    while (next < picks.length && held && starts[picks[next]!]! < until - SAME_TIME) {
      const wanted = starts[picks[next]!]!;
      const standsIn = held.time < wanted - SAME_TIME;
      if (standsIn && !isDamaged) {
        isDamaged = true;
        options.onDamage(wanted);
      }
      yield { frame: picks[next]!, picture: standsIn ? { ...held.picture, standsIn } : held.picture };
      next++;
    }
  };
  const pixels = new PixelReader(run);
  const channels = channelsOf(stream);
  let count = 0;
  // ffmpeg describes a frame in its log before it writes it.
  while (await run.waitForLog(() => times.length > count)) {
    const time = times[count]!;
    const { width, height }: PixelSize = piped!;
    const frame = await pixels.read(width * height * channels);
    if (!frame) break;
    count++;
    const inFile = time - (isCounted ? times[0]! - starts[0]! : 0);
    yield* serve(inFile);
    held = { picture: { width, height, rgb: channels === 3 ? frame : premultipliedOnWhite(frame) }, time: inFile };
    if (next >= picks.length) return;
  }
  if (await pixels.read(1)) {
    throw new RenderError(
      'unsupported',
      `${program.path} does not send frames of “${options.name}”. Use another ffmpeg.`,
    );
  }
  if (!run.wasKilled && held) yield* serve(Number.POSITIVE_INFINITY);
  if (next < picks.length) {
    for (const line of run.log) options.info(`ffmpeg: ${line}`);
    const last = run.log.at(-1);
    const [how, advice] = run.wasKilled
      ? ['was ended', 'Another program or the system ended it. Try again.']
      : ['stopped', `Use another copy of the video.${last === undefined ? '' : ` ffmpeg printed last: ${last}`}`];
    const came = count === 0 ? 'no frame came' : count === 1 ? 'only 1 frame came' : `only ${count} frames came`;
    throw new RenderError(
      'unsupported',
      `${program.path} ${how} while it decoded “${options.name}”: ${came}. ${advice}`,
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
    filters(program, stream, size),
    ...program.keepTimes,
    ...outputFormat(program),
    'pipe:1',
  ];
}

/** Pixels of one frame after another, written in a thread of its own if possible, so that frames are decoded meanwhile. */
function outputFormat({ muxers }: FfmpegProgram): string[] {
  return muxers.has('fifo')
    ? ['-f', 'fifo', '-fifo_format', 'rawvideo', '-queue_size', String(QUEUED_FRAMES), '-c:v', 'rawvideo']
    : ['-f', 'rawvideo'];
}

/** Bytes of a pixel as it is piped. */
const channelsOf = (stream: VideoStream): 3 | 4 => (alphaOf(stream) === 'none' ? 3 : 4);

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
 * ones never come through at edges. What is printed of a frame is what comes out.
 */
function filters(program: FfmpegProgram, stream: VideoStream, size: PixelSize | null): string {
  const to = size ? `${size.width}:${size.height}` : `'max(1,trunc(iw*sar+0.5))':ih`;
  const scale = `scale=${to}:flags=${SCALING}`;
  const hasAlpha = channelsOf(stream) === 4;
  return [
    ...(stream.isInterlaced && program.filters.has('yadif') ? ['yadif=deint=interlaced'] : []),
    ...(hasAlpha ? ['format=gbrap', 'premultiply=inplace=1'] : []),
    ...(stream.isHdr && !hasAlpha && mapsTones(program) ? TONE_MAP : []),
    scale,
    'setsar=1',
    hasAlpha ? 'format=rgba' : 'format=rgb24',
    program.printTimes,
  ].join(',');
}

/** Reads a run's output frame by frame, into memory that is used again for the second frame after. */
class PixelReader {
  readonly #run: FfmpegRun;
  /** What came of the next frame. */
  #rest: Uint8Array = new Uint8Array();
  #last: Uint8Array = new Uint8Array();
  #other: Uint8Array = new Uint8Array();

  constructor(run: FfmpegRun) {
    this.#run = run;
  }

  /** The next bytes, which are valid until the second call after this one; null: the run ended before. */
  async read(bytes: number): Promise<Uint8Array | null> {
    // New memory for each frame would cost as much time as copying its pixels.
    const pixels = this.#other.length === bytes ? this.#other : new Uint8Array(bytes);
    [this.#other, this.#last] = [this.#last, pixels];
    for (let filled = 0; filled < bytes; ) {
      const chunk = this.#rest.length > 0 ? this.#rest : await this.#run.read();
      if (!chunk) return null;
      const part = chunk.subarray(0, bytes - filled);
      pixels.set(part, filled);
      filled += part.length;
      this.#rest = chunk.subarray(part.length);
    }
    return pixels;
  }
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
