import { fileName } from '../../../plan/paths.ts';
import { CONTAINER_NAMES, type VideoContainer } from '../../../plan/video-header.ts';
import { clipVideos } from '../../clip/videos.ts';
import type { Problem } from '../../problem.ts';
import { type Check, namingFile, settingSpan } from '../check.ts';

/** What an extension promises. MP4 and QuickTime are one family, and so are Matroska and WebM. */
const CONTAINERS: Readonly<Record<string, readonly VideoContainer[]>> = {
  mp4: ['mp4', 'mov'],
  m4v: ['mp4', 'mov'],
  mov: ['mov', 'mp4'],
  mkv: ['mkv', 'webm'],
  webm: ['webm', 'mkv'],
  avi: ['avi'],
  gif: ['gif'],
  webp: ['webp'],
  png: ['apng'],
  apng: ['apng'],
};

/** Videos with the extension of another container. They are read as what they are. */
export const misleadingExtension: Check = {
  code: 'travel/misleading-extension',
  run(clip) {
    return clipVideos(clip).flatMap(({ setting, path, header }): Problem[] => {
      if (header.kind === 'refused' || header.container === 'other') return [];
      const [, extension = ''] = /\.(\w+)$/.exec(path) ?? [];
      const promised = CONTAINERS[extension.toLowerCase()];
      if (!promised || promised.includes(header.container)) return [];
      const is = CONTAINER_NAMES[header.container];
      const message = `“${fileName(path)}” has a misleading extension. It is read as what it is: ${is}. Rename it to avoid confusion.`;
      return [
        {
          code: this.code,
          severity: 'information',
          message: namingFile(clip, setting, message),
          span: settingSpan(clip, setting),
        },
      ];
    });
  },
};
