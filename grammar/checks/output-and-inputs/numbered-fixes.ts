import { fileName } from '../../../plan/paths.ts';
import type { ClipContext } from '../../clip/context.ts';
import type { NumbersWithGaps } from '../../clip/image-numbers.ts';
import type { InputFolder } from '../../clip/input-folders.ts';
import type { Fix } from '../../problem.ts';
import { setFrames } from '../../settings/set-frames.ts';
import { inOrder } from '../longer-clip.ts';
import { imagesOfUnits, pathIn, replaceSetting } from './input-fixes.ts';

/** More would be a line that nobody reads. */
const MOST_POSITIONS = 100;

/** What is missing in a folder of numbered images. */
export const missingNumbers = ({ path, files }: InputFolder, { before, missing, last }: NumbersWithGaps): string =>
  `“${path}” has ${files.length} images with numbers up to ${last}. Numbers are missing: ${missing} comes after ${before}.`;

/** In a clip that is as long as the images. */
export function oneAfterTheOther(clip: ClipContext, count: number): Fix[] {
  const edit = setFrames(clip, count);
  return edit
    ? [{ title: `Use them one after the other: set \`frames\` to ${count}`, edits: [edit], mechanical: false }]
    : [];
}

/** Each image at the frame of its number, in a clip that has these frames; none if units do not use the folder. */
export function atTheseFrames(
  clip: ClipContext,
  { setting, path, files }: InputFolder,
  { numbers, last }: NumbersWithGaps,
): Fix[] {
  const { from = 0, to, repeat = false } = clip.settings.video ?? {};
  const isPart = setting === 'video.path' && (from > 0 || to !== undefined || repeat);
  if (files.length > MOST_POSITIONS || isPart) return [];
  const longer = last < clip.settings.frames ? null : setFrames(clip, last + 1);
  if (last >= clip.settings.frames && !longer) return [];
  const images = files.map((file, i) => `${numbers[i]}: ${pathIn(path, fileName(file.path))}`).join(', ');
  const edits =
    setting === 'video.path'
      ? imagesOfUnits(clip, `{${images}}`)
      : setting.endsWith('.batch')
        ? replaceSetting(clip, setting, `image: {${images}}`)
        : [];
  if (edits.length === 0) return [];
  return [
    {
      title: `Use them at the frames of their numbers${longer ? `, and set \`frames\` to ${last + 1}` : ''}`,
      edits: inOrder([...(longer ? [longer] : []), ...edits]),
      mechanical: false,
    },
  ];
}
