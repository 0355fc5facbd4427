import { frameRate } from '../../../plan/frame-rate.ts';
import { fileName } from '../../../plan/paths.ts';
import { mostFrames } from '../../../plan/source-time.ts';
import type { ReadableVideo } from '../../../plan/video-header.ts';
import type { ClipContext } from '../../clip/context.ts';
import { type ClipVideo, clipVideos } from '../../clip/videos.ts';
import type { Fix, Problem } from '../../problem.ts';
import { interpolatedLength, renderedFps } from '../../time/interpolation.ts';
import { type Check, namingFile, settingSpan } from '../check.ts';
import { lengthSetting } from '../whole-context.ts';
import { shorterOrRepeated } from './too-few-images.ts';

/** What a person rounds away is not after the end. */
const TO_TOLERANCE = 0.05;

/** Videos that are shorter than the clip, or than the part of them that the clip uses. Only their headers are read. */
export const videoLength: Check = {
  code: 'travel/video-length',
  run(clip) {
    return clipVideos(clip).flatMap((video): Problem[] => {
      const { header, setting } = video;
      if (header.kind === 'refused') return [];
      const found = problemOf(clip, video, header);
      if (!found) return [];
      const { part, message, ...rest } = found;
      const span = settingSpan(clip, ...(part ? [`video.${part}`] : []), setting);
      return [{ code: this.code, ...rest, message: namingFile(clip, setting, message), span }];
    });
  },
};

interface Found extends Pick<Problem, 'severity' | 'message'> {
  /** Of `video`, if it is about one. */
  readonly part?: 'from' | 'to';
  readonly fixes?: readonly Fix[];
}

function problemOf(clip: ClipContext, video: ClipVideo, header: ReadableVideo): Found | null {
  const { seconds, cutOffFrom } = header;
  if (seconds === null) return null;
  const { frames, settings } = clip;
  const { from, to, repeat } = video.range;
  const name = `“${fileName(video.path)}”`;
  const long = inSeconds(seconds);
  if (from >= seconds) {
    const message = `\`from\` is after the end of ${name}. It is ${from} s, and the video is ${long} long. Use an earlier \`from\`.`;
    return { severity: 'error', part: 'from', message };
  }
  const fps = renderedFps(settings);
  const most = mostFrames({ end: seconds }, video.range, fps);
  if (most < frames && !repeat) {
    const used =
      from > 0 || to !== null ? `From ${from} s to ${inSeconds(Math.min(to ?? seconds, seconds))}, it` : 'It';
    const length = cutOffFrom === null ? `The video is ${long} long.` : `The file is cut off: only ${readable(header)}`;
    const isShared = video.setting === 'video.source';
    const between = interpolatedLength(settings)?.count;
    const rate = `${frameRate(fps)} fps${between ? ` (\`fps\` ÷ ${between + 1}, because of \`interpolate\`)` : ''}`;
    const { key, why } = lengthSetting(clip);
    const advice = `Set \`${key}\` to ${most}${isShared ? ', or `repeat: true`' : ''}.`;
    return {
      severity: 'error',
      message: `${name} is too short for a clip of ${frames} frames. ${why}${used} has ${inFrames(most)} at ${rate}. ${length} ${advice}`,
      fixes: shorterOrRepeated(clip, key === 'frames' ? most : 0, isShared),
    };
  }
  if (cutOffFrom !== null) {
    const message = `${name} is cut off. Only ${readable(header)} The clip needs no more.`;
    return { severity: 'warning', message };
  }
  if (to !== null && to > seconds + TO_TOLERANCE) {
    const message = `\`to\` is after the end of ${name}. It is ${to} s, and the video is ${long} long, so it is used to its end.`;
    return { severity: 'warning', part: 'to', message };
  }
  return null;
}

const readable = ({ seconds, cutOffFrom }: ReadableVideo) =>
  `${inSeconds(seconds!)}${Number.isFinite(cutOffFrom) ? ` of ${inSeconds(cutOffFrom!)}` : ''} can be read.`;

const inFrames = (count: number): string => (count === 1 ? '1 frame' : `${count} frames`);

/** Without zeros that say nothing. */
const inSeconds = (value: number): string => `${Number(value.toFixed(3))} s`;
