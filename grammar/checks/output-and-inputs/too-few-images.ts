import { frameRate } from '../../../plan/frame-rate.ts';
import { fileName } from '../../../plan/paths.ts';
import { folderTimes, mostFrames } from '../../../plan/source-time.ts';
import type { ClipContext } from '../../clip/context.ts';
import { videoRange } from '../../clip/images.ts';
import { type InputFolder, inputFolders } from '../../clip/input-folders.ts';
import type { Fix, Problem } from '../../problem.ts';
import { setFrames } from '../../settings/set-frames.ts';
import { isInBraces } from '../../settings/set-part.ts';
import { renderedFps } from '../../time/interpolation.ts';
import { type Check, namingFile, replace, settingSpan } from '../check.ts';
import { lengthSetting } from '../whole-context.ts';
import { oneImageInstead, pathIn, replaceSetting } from './input-fixes.ts';

/** Folders that have fewer images, or masks, than the clip has frames: existing tools shorten the clip. */
export const tooFewImages: Check = {
  code: 'travel/too-few-images',
  run(clip) {
    return [...ofFolders(clip), ...ofVideo(clip)].map(
      (found): Problem => ({ code: this.code, severity: 'error', ...found }),
    );
  },
};

const KINDS = 'Choose a folder with PNG, JPEG, WebP, TIFF or GIF files.';

const imagesInWords = (count: number): string => (count === 1 ? '1 image' : `${count} images`);

/** The folders that should have an image for each frame. */
function ofFolders(clip: ClipContext) {
  const { frames } = clip;
  return inputFolders(clip).flatMap((folder) => {
    const { setting, path, holds, files } = folder;
    const found = files.length;
    if (setting === 'video.path' || found >= frames || lacksUnreadable(folder)) return [];
    const has = holds === 'masks' ? (found === 1 ? '1 mask' : `${found} masks`) : imagesInWords(found);
    const more = holds === 'masks' ? 'add masks, or write the path of one mask for all frames' : 'or add images';
    const { key, why } = lengthSetting(clip);
    const advice = found === 0 ? insteadOfNone(folder) : `${why}Set \`${key}\` to ${found}, ${more}.`;
    const message = `“${path}” has ${has}, but the clip has ${frames} frames. ${advice}`;
    return [
      {
        message: namingFile(clip, setting, message),
        span: settingSpan(clip, setting),
        fixes: [...theVideo(clip, folder), ...theOnlyImage(clip, folder)],
      },
    ];
  });
}

function ofVideo(clip: ClipContext) {
  const { settings, images, frames } = clip;
  const { video } = settings;
  const fps = renderedFps(settings);
  if (video?.path === undefined || images.video?.kind !== 'folder') return [];
  const span = settingSpan(clip, 'video.path', 'video');
  const problem = (message: string, fixes: Fix[] = []) => [
    { message: namingFile(clip, 'video', message), span, fixes },
  ];
  const count = images.video.files.length;
  const folder = inputFolders(clip).find(({ setting }) => setting === 'video.path')!;
  if (count === 0) {
    if (lacksUnreadable(folder)) return [];
    return problem(`“${video.path}” has no images. ${insteadOfNone(folder)}`, theVideo(clip, folder));
  }
  const range = videoRange(video);
  const most = mostFrames(folderTimes(count, fps), range, fps);
  if (most === 0) {
    return problem(
      `\`from\` (${video.from} s) is after the end of “${video.path}” (${Number((count / fps).toFixed(3))} s). It has ${imagesInWords(count)}, at ${frameRate(fps)} fps. Use an earlier \`from\`.`,
    );
  }
  if (video.repeat || most >= frames || lacksUnreadable(folder)) return [];
  const { key, why } = lengthSetting(clip);
  const { from, to } = video;
  const part = from > 0 || to !== undefined ? ` from ${from} s${to === undefined ? '' : ` to ${to} s`}` : '';
  return problem(
    `“${video.path}” has ${imagesInWords(most)}${part}, but the clip has ${frames} frames. ${why}Set \`${key}\` to ${most}, or \`repeat: true\`.`,
    [...shorterOrRepeated(clip, key === 'frames' ? most : 0), ...theOnlyImage(clip, folder)],
  );
}

/** Whether images are missing because they cannot be read, which `folder-images` reports. */
const lacksUnreadable = ({ files, others }: InputFolder): boolean =>
  others?.unopened !== undefined || (files.length > 0 && (others?.unreadable.length ?? 0) > 0);

/** What a folder without images has. */
function insteadOfNone({ setting, holds, others }: InputFolder): string {
  const { videos = [], folders = [], unreadable = [] } = others ?? {};
  const part = setting === 'video.path' ? 'source' : 'video';
  if (videos.length > 0 && holds === 'images')
    return `It has the video “${videos[0]}”: use \`${part}\` for a video. ${KINDS}`;
  if (unreadable.length > 0) return `“${unreadable[0]}” cannot be read. ${KINDS}`;
  return folders.length > 0
    ? `It has the folders ${folders.slice(0, 3).join(', ')}: choose one of them. ${KINDS}`
    : KINDS;
}

/** The video in a folder without images. */
function theVideo(clip: ClipContext, { setting, path, files, others, holds }: InputFolder): Fix[] {
  const [name] = others?.videos ?? [];
  if (files.length > 0 || name === undefined || holds === 'masks') return [];
  const video = pathIn(path, name);
  const instead =
    setting === 'video.path'
      ? { key: 'source', text: `source: ${video}` }
      : setting === 'init_image'
        ? { key: 'video', text: `video: {source: ${video}}` }
        : { key: 'video', text: `video: ${video}` };
  // Another `video` would be a second one.
  if (setting === 'init_image' && clip.settings.video) return [];
  const edits = replaceSetting(clip, setting, instead.text);
  return edits.length > 0 ? [{ title: `Use “${name}” as \`${instead.key}\``, edits, mechanical: false }] : [];
}

/** The image of a folder that has no other. */
function theOnlyImage(clip: ClipContext, { setting, path, files }: InputFolder): Fix[] {
  const name = files.length === 1 ? fileName(files[0]!.path) : null;
  return name === null ? [] : oneImageInstead(clip, setting, pathIn(path, name), `“${name}”`);
}

/**
 * Fixes for a video that is shorter than the clip.
 *
 * @param isShared whether it is the one of `video`, which can start again
 */
export function shorterOrRepeated(clip: ClipContext, most: number, isShared = true): Fix[] {
  const { spans, document } = clip;
  const edit = most > 0 ? setFrames(clip, most) : null;
  const shortened: Fix[] = edit ? [{ title: `Set \`frames\` to ${most}`, edits: [edit], mechanical: false }] : [];
  if (!isShared) return shortened;
  const [repeat, last] = [spans.get('video.repeat')?.value, spans.get('video.source') ?? spans.get('video.path')];
  return [
    ...shortened,
    ...(repeat ? [replace('Set `repeat` to true', repeat, 'true')] : []),
    ...(!repeat && last && isInBraces(document.text, last.value.end)
      ? [replace('Add `repeat: true`', { start: last.value.end, end: last.value.end }, ', repeat: true')]
      : []),
  ];
}
