import { fileName } from '../../../plan/paths.ts';
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
      const message = `“${fileName(path)}” ${header.is}`;
      const isImage = header.reason === 'image';
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
