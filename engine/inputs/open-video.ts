import { readVideoHeader } from '../../videos/read-header.ts';
import { NO_FRAMES, NO_VIDEO_OF_ITS_OWN, NOT_A_VIDEO, onlyAudio } from '../../videos/refusals.ts';
import { RenderError } from '../failure.ts';
import { alphaOf, decodedFrames, mapsTones, VPX } from './ffmpeg-frames.ts';
import { type FfmpegProgram, ffmpegFor } from './ffmpeg-program.ts';
import { type Scan, scanVideo, shownStream, type VideoStream } from './ffmpeg-scan.ts';
import { type InputContext, tooLarge, type VideoSource } from './source.ts';

/**
 * A video that the user's ffmpeg reads.
 *
 * @param path absolute
 * @throws RenderError with one sentence about what is wrong with the file, or how to get ffmpeg
 */
export async function openVideo(path: string, name: string, context: InputContext): Promise<VideoSource> {
  const header = await readVideoHeader(path);
  if (header.kind === 'refused') throw failure(`“${name}” ${header.is}`);
  const program = await ffmpegFor(name);
  const scan = await scanVideo(program, path, { name, signal: context.signal, info: context.info });
  const shown = shownStream(scan.videos);
  const stream = scan.videos[shown];
  if (!stream) throw failure(withoutVideo(name, scan, context));
  checkStream(program, name, stream);
  const { starts, end, isCounted } = scan.packets[shown]!;
  if (starts.length === 0) throw failure(`“${name}” ${NO_FRAMES.is}`);
  for (const warning of warningsOf(program, name, stream)) context.warn(warning);
  const origin = starts[0]!;
  return {
    times: { starts: starts.map((start) => start - origin), end: end - origin },
    cutOffFrom: scan.isCutOff || header.cutOffFrom !== null ? (scan.promised ?? Number.POSITIVE_INFINITY) : null,
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
  const refusal = hasAudio ? onlyAudio(videos.length > 0) : isOpened ? NO_VIDEO_OF_ITS_OWN : NOT_A_VIDEO;
  return `“${name}” ${refusal.is}`;
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
    ...(isHdr && !mapsTones(program)
      ? [
          `“${name}” is HDR, and ${program.path} cannot map it to normal brightness (zscale, tonemap): its colors look pale. Use an ffmpeg with these filters, or convert the video to SDR.`,
        ]
      : []),
    ...(isInterlaced && !program.filters.has('yadif')
      ? [`“${name}” is interlaced, and ${program.path} has no deinterlacer (yadif): its lines look like combs.`]
      : []),
    ...(alphaOf(stream) === 'beside' && !program.decoders.has(VPX[codec] ?? '')
      ? [`The alpha of “${name}” is not read, because ${program.path} has no decoder ${VPX[codec] ?? 'for it'}.`]
      : []),
  ];
}
