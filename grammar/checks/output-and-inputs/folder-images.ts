import type { ClipContext } from '../../clip/context.ts';
import { numbersWithGaps } from '../../clip/image-numbers.ts';
import { type InputFolder, inputFolders } from '../../clip/input-folders.ts';
import type { Fix, Problem } from '../../problem.ts';
import { type Check, namingFile, settingSpan } from '../check.ts';
import { atTheseFrames, missingNumbers } from './numbered-fixes.ts';

/** Names that a message lists. */
const MOST_LISTED = 5;

/** What folders have besides images, and numbers that are missing between them in a clip that is as long. */
export const folderImages: Check = {
  code: 'travel/folder-images',
  run(clip) {
    return inputFolders(clip).flatMap((folder) => {
      // `too-few-images` reports what is there instead.
      if (folder.files.length === 0) return [];
      const { setting } = folder;
      return problemsOf(clip, folder).map(
        ({ message, ...rest }): Problem => ({
          code: this.code,
          message: namingFile(clip, setting, message),
          span: settingSpan(clip, setting, setting.split('.')[0]!),
          ...rest,
        }),
      );
    });
  },
};

function problemsOf(
  clip: ClipContext,
  folder: InputFolder,
): (Pick<Problem, 'severity' | 'message'> & { readonly fixes?: readonly Fix[] })[] {
  const { path, files, others, holds } = folder;
  const unreadable = others?.unreadable ?? [];
  const ignored = [...(others?.videos ?? []), ...(others?.ignored ?? []), ...(others?.folders ?? [])];
  const isWhole = holds === 'images' && clip.settings.frames === files.length;
  const gaps = isWhole ? numbersWithGaps(files.map((file) => file.path)) : null;
  return [
    ...(unreadable.length > 0
      ? [
          {
            severity: 'error' as const,
            message: `“${unreadable[0]}” in “${path}” is an image that cannot be read. Without it, later frames would move. Convert it to PNG, or move it out of the folder.`,
          },
        ]
      : []),
    ...(ignored.length > 0
      ? [
          {
            severity: 'information' as const,
            message: `Not every file in “${path}” is an image that is used. Ignored: ${listed(ignored)}.`,
          },
        ]
      : []),
    ...(gaps
      ? [
          {
            severity: 'information' as const,
            message: `${missingNumbers(folder, gaps)} The images are shown one after the other, as in A1111.`,
            fixes: atTheseFrames(clip, folder, gaps),
          },
        ]
      : []),
  ];
}

function listed(names: readonly string[]): string {
  const rest = names.length - MOST_LISTED;
  return names.slice(0, MOST_LISTED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
