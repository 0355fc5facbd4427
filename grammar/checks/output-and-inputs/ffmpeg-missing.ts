import { FORMATS_OF_FFMPEG } from '../../../plan/format-limits.ts';
import { fileName } from '../../../plan/paths.ts';
import { needsFfmpeg } from '../../../plan/video-header.ts';
import type { ClipContext } from '../../clip/context.ts';
import { clipVideos } from '../../clip/videos.ts';
import type { Problem } from '../../problem.ts';
import { type Check, namingFile, settingSpan } from '../check.ts';

const GET = 'Install it (https://ffmpeg.org/download.html), or set `travel.ffmpeg` to its path.';

/** What only ffmpeg can read or write, on a computer that has none. */
export const ffmpegMissing: Check = {
  code: 'travel/ffmpeg-missing',
  run(clip) {
    const needs = needsOf(clip);
    // Looking for it may start a shell.
    if (needs.length === 0 || clip.environment.hasFfmpeg !== false) return [];
    return needs.map(
      ({ setting, message }): Problem => ({
        code: this.code,
        severity: 'error',
        message: namingFile(clip, setting, message),
        span: settingSpan(clip, setting),
      }),
    );
  },
};

function needsOf(clip: ClipContext): { readonly setting: string; readonly message: string }[] {
  const { settings, environment } = clip;
  const set = environment.machine?.ffmpeg ?? null;
  const needs =
    set === null
      ? `needs ffmpeg, which was not found. ${GET}`
      : `needs ffmpeg, and “${set}” is not a program. Correct this path, which is set as ffmpeg, or clear it to use the one on the PATH.`;
  const videos = clipVideos(clip).flatMap(({ setting, path, header }) =>
    header.kind === 'video' && needsFfmpeg(header)
      ? [
          {
            setting,
            message: `“${fileName(path)}” ${needs} GIF, WebP and APNG files and folders of images need none.`,
          },
        ]
      : [],
  );
  const formats = settings.save.filter((format) => FORMATS_OF_FFMPEG.has(format));
  const output = [...new Set(formats)].map((format) => ({
    setting: 'save',
    message: `\`${format}\` ${needs} mp4, webp, gif, apng and png need none.`,
  }));
  const sound =
    settings.audio === 'keep' && settings.video?.source !== undefined && settings.save.includes('mp4')
      ? [
          {
            setting: 'audio',
            message: `\`audio: keep\` ${needs} Without sound, mp4 needs none.`,
          },
        ]
      : [];
  return [...videos, ...output, ...sound];
}
