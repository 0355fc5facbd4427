import { fileName } from '../../../plan/paths.ts';
import type { RefusedVideo } from '../../../plan/video-header.ts';
import { imageFiles } from '../../clip/image-files.ts';
import type { Problem } from '../../problem.ts';
import { type Check, namingFile, settingSpan } from '../check.ts';

/** Files that are named as images and are none, or cannot be read. Only their first bytes are read. */
export const unusableImage: Check = {
  code: 'travel/unusable-image',
  run(clip) {
    return imageFiles(clip).flatMap(({ setting, path, header }): Problem[] => {
      if (header.kind !== 'refused' || header.reason === 'image') return [];
      const message = namingFile(clip, setting, `“${fileName(path)}” ${asImage(header)}`);
      const span = settingSpan(clip, setting, setting.split('.')[0]!);
      return [{ code: this.code, severity: 'error', message, span }];
    });
  },
};

/** What a file that is no video is, for someone who needs an image. */
function asImage({ reason, is }: RefusedVideo): string {
  switch (reason) {
    case 'broken':
      return is;
    case 'other-image':
      return 'is an image of a kind that cannot be read. Convert it to PNG.';
    case 'web-page':
      return 'is a web page (HTML), not an image. Download the image itself.';
    default:
      return 'is damaged or not an image. Use a PNG, JPEG, WebP, TIFF or GIF file.';
  }
}
