import { fileName } from '../../../plan/paths.ts';
import type { ClipContext } from '../../clip/context.ts';
import { clipVideos } from '../../clip/videos.ts';
import type { Problem } from '../../problem.ts';
import { type Check, namingFile, settingSpan } from '../check.ts';
import { oneImageInstead } from './input-fixes.ts';

/** Files that are named as videos and are none, or cannot be read. Only their headers are read. */
export const unusableVideo: Check = {
  code: 'travel/unusable-video',
  run(clip) {
    return clipVideos(clip).flatMap(({ setting, path, header }): Problem[] => {
      if (header.kind !== 'refused') return [];
      const isImage = header.reason === 'image';
      const name = `“${fileName(path)}”`;
      const message = isImage
        ? `${name} is one image, not a video. ${imageAdvice(clip, setting)}`
        : `${name} ${header.is}`;
      return [
        {
          code: this.code,
          severity: 'error',
          message: namingFile(clip, setting, message),
          span: settingSpan(clip, setting),
          fixes: isImage ? oneImageInstead(clip, setting, JSON.stringify(path), 'it') : [],
        },
      ];
    });
  },
};

/** As the fix does. */
function imageAdvice({ settings }: ClipContext, setting: string): string {
  if (setting !== 'video.source') return 'Use it as `image` of the unit, or use a video.';
  return settings.controlnet.length > 0
    ? 'Use it as `image` of the units, or use a video or a folder of images.'
    : 'Use it as `init_image`, or use a video or a folder of images.';
}
