import { fileName } from '../../../plan/paths.ts';
import type { ClipContext } from '../../clip/context.ts';
import { numbersWithGaps } from '../../clip/image-numbers.ts';
import { type InputFolder, inputFolders, shownFiles } from '../../clip/input-folders.ts';
import type { Fix, Problem } from '../../problem.ts';
import { type Check, namingFile, settingSpan } from '../check.ts';
import { inWords } from '../in-words.ts';
import { atTheseFrames, missingNumbers } from './numbered-fixes.ts';

/** Names that a message lists. */
const MOST_LISTED = 5;

/** What folders have besides images, and numbers that are missing between them in a clip that is as long. */
export const folderImages: Check = {
  code: 'travel/folder-images',
  run(clip) {
    return inputFolders(clip).flatMap((folder) => {
      // `too-few-images` reports what is there instead.
      if (folder.files.length === 0 && !folder.others?.unopened) return [];
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
    ...emptyImages(clip, folder).map((message) => ({ severity: 'error' as const, message })),
    ...unopenedImages(folder).map((message) => ({ severity: 'error' as const, message })),
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

/** Images that are there but cannot be opened. Without one, later frames would move. */
function unopenedImages({ path, others }: InputFolder): string[] {
  const [first, ...more] = others?.unopened ?? [];
  if (!first) return [];
  const alike = more.length === 0 ? '' : ` The same folder has ${more.length} more that cannot be read.`;
  return [`“${first.name}” in “${path}” ${first.is}${alike}`];
}

/** Images of 0 bytes that the clip uses. */
function emptyImages(clip: ClipContext, folder: InputFolder): string[] {
  const { path, files, holds } = folder;
  const isEmpty = ({ size }: { readonly size: number }) => size === 0;
  const empty = files.filter(isEmpty);
  if (empty.length > 1 && empty.length === files.length) {
    return [`All ${files.length} ${holds} in “${path}” are empty (0 bytes). Use other copies.`];
  }
  const used = shownFiles(clip, folder).filter(isEmpty);
  const names = used.slice(0, MOST_LISTED).map((file) => `“${fileName(file.path)}”`);
  const [first] = names;
  if (first === undefined) return [];
  if (used.length === 1) return [`${first} in “${path}” is empty (0 bytes). Use another copy.`];
  const rest = used.length - names.length;
  const all = rest > 0 ? `${names.join(', ')} and ${rest} more` : inWords(names, 'and');
  return [`${all} in “${path}” are empty (0 bytes). Use other copies.`];
}

function listed(names: readonly string[]): string {
  const rest = names.length - MOST_LISTED;
  return names.slice(0, MOST_LISTED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
