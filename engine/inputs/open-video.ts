import { RenderError } from '../failure.ts';
import { alphaOf, decodedFrames, VPX } from './ffmpeg-frames.ts';
import { type FfmpegProgram, ffmpegFor } from './ffmpeg-program.ts';
import { type Scan, scanVideo, shownStream, type VideoStream } from './ffmpeg-scan.ts';
import { movieState } from './movie-state.ts';
import { type InputContext, tooLarge, type VideoSource } from './source.ts';
import { NOT_A_VIDEO } from './source-kind.ts';

/**
 * A video that the user's ffmpeg reads.
 *
 * @param path absolute
 * @throws RenderError with one sentence about what is wrong with the file, or how to get ffmpeg
 */
export async function openVideo(path: string, name: string, context: InputContext): Promise<VideoSource> {
  const movie = await movieState(path);
  if (movie.fault !== null) throw failure(`“${name}” ${movie.fault}`);
  const program = await ffmpegFor(name);
  const scan = await scanVideo(program, path, { name, signal: context.signal, info: context.info });
  const shown = shownStream(scan.videos);
  const stream = scan.videos[shown];
  if (!stream) throw failure(withoutVideo(name, scan, context));
  checkStream(program, name, stream);
  const { starts, end, isCounted } = scan.packets[shown]!;
  if (starts.length === 0) throw failure(`“${name}” has no frames. Use another copy.`);
  for (const warning of warningsOf(program, name, stream)) context.warn(warning);
  const origin = starts[0]!;
  return {
    times: { starts: starts.map((start) => start - origin), end: end - origin },
    cutOffFrom: scan.isCutOff || movie.isCutOff ? (scan.promised ?? Number.POSITIVE_INFINITY) : null,
    frames: (picks, size) =>
      decodedFrames(program, { path, stream, starts, isCounted }, picks, size, {
        name,
        signal: context.signal,
        info: context.info,
        onDamage: (seconds) =>
          context.warn(
            `“${name}” is damaged at ${rounded(seconds - origin)} s: frames that cannot be decoded show the one before. Use another copy.`,
          ),
      }),
  };
}

/** Seconds with one digit after the point. */
export const rounded = (seconds: number): string => seconds.toFixed(1);

const failure = (message: string) => new RenderError('unsupported', message);

function withoutVideo(name: string, { videos, hasAudio, isOpened, log }: Scan, { info }: InputContext): string {
  for (const line of log) info(`ffmpeg: ${line}`);
  if (hasAudio) {
    return `“${name}” has no video, only audio${videos.length > 0 ? ' and a cover image' : ''}. Use another file.`;
  }
  return `“${name}” ${isOpened ? 'has no video of its own: it may name other files. Use the video itself.' : NOT_A_VIDEO}`;
}

function checkStream(program: FfmpegProgram, name: string, { codec, tag, width, height }: VideoStream): void {
  const isTooLarge = tooLarge(name, width, height);
  if (isTooLarge !== null) throw failure(isTooLarge);
  if (codec === 'none') {
    throw failure(
      `“${name}” has the video codec ${tag || 'of no name'}, which ffmpeg does not know. Convert it to H.264.`,
    );
  }
  if (!program.codecs.has(codec)) {
    throw failure(
      `“${name}” has the video codec ${codec.toUpperCase()}, which ${program.path} cannot decode. Convert the video to H.264, or use an ffmpeg that decodes it.`,
    );
  }
}

function warningsOf(program: FfmpegProgram, name: string, stream: VideoStream): string[] {
  const { codec, isHdr, isInterlaced } = stream;
  return [
    ...(isHdr
      ? [`“${name}” is HDR, which is not mapped to normal brightness: its colors look pale. Convert it to SDR.`]
      : []),
    ...(isInterlaced && !program.filters.has('yadif')
      ? [`“${name}” is interlaced, and ${program.path} has no deinterlacer (yadif): its lines look like combs.`]
      : []),
    ...(alphaOf(stream) === 'beside' && !program.decoders.has(VPX[codec] ?? '')
      ? [`The alpha of “${name}” is not read, because ${program.path} has no decoder ${VPX[codec] ?? 'for it'}.`]
      : []),
  ];
}
