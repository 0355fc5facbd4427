import { fileName } from '../../../plan/paths.ts';
import type { RefusedVideo } from '../../../plan/video-header.ts';
import type { ClipContext } from '../../clip/context.ts';
import { imageFiles } from '../../clip/image-files.ts';
import { type InputFolder, inputFolders, shownFiles } from '../../clip/input-folders.ts';
import type { Problem } from '../../problem.ts';
import { type Check, namingFile, settingSpan } from '../check.ts';

/**
 * Files that are named as images, or that the clip shows from a folder, and are none, or cannot be read. Only their
 * headers are read.
 */
export const unusableImage: Check = {
  code: 'travel/unusable-image',
  run(clip) {
    const named = imageFiles(clip).flatMap(({ setting, path, header }) =>
      header.kind !== 'refused' || header.reason === 'image'
        ? []
        : [{ setting, message: `“${fileName(path)}” ${asImage(header)}` }],
    );
    const inFolders = inputFolders(clip).flatMap((folder) =>
      unusableIn(clip, folder).map((message) => ({ setting: folder.setting, message })),
    );
    return [...named, ...inFolders].map(
      ({ setting, message }): Problem => ({
        code: this.code,
        severity: 'error',
        message: namingFile(clip, setting, message),
        span: settingSpan(clip, setting, setting.split('.')[0]!),
      }),
    );
  },
};

/** The first one that cannot be used, and how many there are. Those of 0 bytes are reported by `folder-images`. */
function unusableIn(clip: ClipContext, folder: InputFolder): string[] {
  const unusable = shownFiles(clip, folder).flatMap((file) => {
    const defect = file.size > 0 ? clip.environment.imageDefect?.(file) : null;
    return defect ? [{ name: fileName(file.path), defect }] : [];
  });
  const [first] = unusable;
  if (!first) return [];
  if (unusable.length === 1) return [`“${first.name}” in “${folder.path}” ${asImage(first.defect)}`];
  return [
    `${unusable.length} ${folder.holds} in “${folder.path}” cannot be used. The first one, “${first.name}”, ${asImage(first.defect)}`,
  ];
}

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
