import type { Problem } from '../../problem.ts';
import { type Check, namingFile, settingSpan } from '../check.ts';

/** Names that a message lists. */
const MOST_LISTED = 5;

/** What a folder of frames has besides images, and numbers that are missing between them. */
export const folderImages: Check = {
  code: 'travel/folder-images',
  run(clip) {
    const { settings, images } = clip;
    const path = settings.video?.path;
    if (path === undefined || images.video?.kind !== 'folder' || images.video.files.length === 0) return [];
    const { files, others } = images.video;
    const span = settingSpan(clip, 'video.path', 'video');
    const problem = (severity: Problem['severity'], message: string): Problem => ({
      code: this.code,
      severity,
      message: namingFile(clip, 'video', message),
      span,
    });
    const unreadable = others?.unreadable ?? [];
    const ignored = [...(others?.videos ?? []), ...(others?.ignored ?? []), ...(others?.folders ?? [])];
    const gap = numbersWithGaps(files.map((file) => file.path));
    return [
      ...(unreadable.length > 0
        ? [
            problem(
              'error',
              `“${unreadable[0]}” in “${path}” is an image that cannot be read. Without it, later frames would move. Convert it to PNG, or move it out of the folder.`,
            ),
          ]
        : []),
      ...(ignored.length > 0
        ? [problem('information', `Not every file in “${path}” is an image. Ignored: ${listed(ignored)}.`)]
        : []),
      ...(gap
        ? [
            problem(
              'information',
              `“${path}” has ${files.length} images with numbers up to ${gap.last}. Numbers are missing: ${gap.missing} comes after ${gap.before}. The images are shown one after the other, as in A1111.`,
            ),
          ]
        : []),
    ];
  },
};

function listed(names: readonly string[]): string {
  const rest = names.length - MOST_LISTED;
  return names.slice(0, MOST_LISTED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** Where numbered names leave numbers out: the name before and after the first gap, and the last number. */
function numbersWithGaps(paths: readonly string[]) {
  const numbers = paths.map((path) => {
    const digits = /(\d+)\D*$/.exec(path.replace(/\.\w+$/, ''))?.[1];
    return digits === undefined ? null : Number(digits);
  });
  if (numbers.length < 2 || numbers.includes(null)) return null;
  const known = numbers as number[];
  const at = known.findIndex((number, i) => i > 0 && number !== known[i - 1]! + 1);
  // Numbers with a fixed step are of a video of which every nth frame was kept.
  const step = known[1]! - known[0]!;
  const isRegular = known.every((number, i) => i === 0 || number === known[i - 1]! + step);
  if (at < 0 || isRegular || known[at]! <= known[at - 1]!) return null;
  return { before: known[at - 1]!, missing: known[at]!, last: known.at(-1)! };
}
