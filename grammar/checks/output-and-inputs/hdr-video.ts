import { fileName } from '../../../plan/paths.ts';
import { clipVideos } from '../../clip/videos.ts';
import type { Problem } from '../../problem.ts';
import { type Check, namingFile, settingSpan } from '../check.ts';

/** Videos with a high dynamic range, whose colors must be mapped. */
export const hdrVideo: Check = {
  code: 'travel/hdr-video',
  run(clip) {
    return clipVideos(clip).flatMap(({ setting, path, header }): Problem[] => {
      if (header.kind === 'refused' || !header.isHdr) return [];
      const message = `“${fileName(path)}” is HDR. ffmpeg maps its colors to normal brightness if it has the filters \`zscale\` and \`tonemap\`; otherwise they look pale. For colors of your own choice, convert it to SDR.`;
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
