import { folderTimes, mostFrames } from '../../../plan/source-time.ts';
import type { ClipContext } from '../../clip/context.ts';
import { IMAGES_OF, videoRange } from '../../clip/images.ts';
import type { Fix, Problem } from '../../problem.ts';
import { addSettings } from '../../settings/add-settings.ts';
import { type Check, namingFile, replace, settingSpan } from '../check.ts';

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

function ofFolders(clip: ClipContext) {
  const { frames } = clip;
  return foldersOf(clip).flatMap(({ path, folder, found, masks = false }) => {
    if (found >= frames) return [];
    const has = masks ? (found === 1 ? '1 mask' : `${found} masks`) : imagesInWords(found);
    const more = masks ? 'add masks, or write the path of one mask for all frames' : 'or add images';
    const advice =
      found === 0 ? 'Choose a folder with PNG, JPEG, WebP or TIFF files.' : `Set \`frames\` to ${found}, ${more}.`;
    const message = `“${folder}” has ${has}, but the clip has ${frames} frames. ${advice}`;
    return [{ message: namingFile(clip, path, message), span: settingSpan(clip, path) }];
  });
}

interface Folder {
  /** Of the setting. */
  readonly path: string;
  readonly folder: string | undefined;
  readonly found: number;
  readonly masks?: boolean;
}

/** The folders that should have an image for each frame, with the number that they have. */
function foldersOf({ settings, images, controls }: ClipContext): Folder[] {
  const ofImages = (['init_image', 'inpaint_mask'] as const).flatMap((path): Folder[] => {
    const input = images[IMAGES_OF[path]];
    if (input?.kind !== 'folder') return [];
    return [{ path, folder: settings[path], found: input.files.length, masks: path === 'inpaint_mask' }];
  });
  const batches = controls.flatMap((pictures, i): Folder[] =>
    pictures?.kind === 'batch'
      ? [{ path: `controlnet.${i}.batch`, folder: settings.controlnet[i]!.batch, found: pictures.files.length }]
      : [],
  );
  return [...ofImages, ...batches];
}

function ofVideo(clip: ClipContext) {
  const { settings, images, frames } = clip;
  const { video, fps } = settings;
  if (video?.path === undefined || images.video?.kind !== 'folder') return [];
  const span = settingSpan(clip, 'video.path', 'video');
  const problem = (message: string, fixes: Fix[] = []) => [
    { message: namingFile(clip, 'video', message), span, fixes },
  ];
  const count = images.video.files.length;
  if (count === 0) return problem(`“${video.path}” has no images. ${insteadOfNone(images.video.others)} ${KINDS}`);
  const range = videoRange(video);
  const most = mostFrames(folderTimes(count, fps), range, fps);
  if (most === 0) {
    return problem(
      `\`from\` (${video.from} s) is after the end of “${video.path}” (${count / fps} s). It has ${imagesInWords(count)}, at ${fps} fps. Use an earlier \`from\`.`,
    );
  }
  if (video.repeat || most >= frames) return [];
  const part = video.from > 0 || video.to !== undefined ? ' there' : '';
  return problem(
    `“${video.path}” has ${imagesInWords(most)}${part}, but the clip has ${frames} frames. Set \`frames\` to ${most}, or \`repeat: true\`.`,
    shorterOrRepeated(clip, most),
  );
}

/** What a folder without images has. */
function insteadOfNone(others: NonNullable<ClipContext['images']['video']>['others']): string {
  const { videos = [], folders = [], unreadable = [] } = others ?? {};
  if (videos.length > 0) return `It has the video “${videos[0]}”: use \`source\` for a video.`;
  if (unreadable.length > 0) return `“${unreadable[0]}” cannot be read.`;
  return folders.length > 0 ? `It has the folders ${folders.slice(0, 3).join(', ')}: choose one of them.` : '';
}

/** Two fixes for a video that is shorter than the clip. */
export function shorterOrRepeated({ spans, document }: ClipContext, most: number): Fix[] {
  const frames = spans.get('frames')?.value;
  const added = frames ? null : addSettings(document, [['frames', `${most}`]]);
  const shorter: Fix = { title: `Set \`frames\` to ${most}`, edits: [], mechanical: false };
  const edit = frames ? { span: frames, text: `${most}` } : added;
  const [repeat, last] = [spans.get('video.repeat')?.value, spans.get('video.source') ?? spans.get('video.path')];
  return [
    ...(edit ? [{ ...shorter, edits: [edit] }] : []),
    ...(repeat ? [replace('Set `repeat` to true', repeat, 'true')] : []),
    ...(!repeat && last && isInBraces(document.text, last.value.end)
      ? [replace('Add `repeat: true`', { start: last.value.end, end: last.value.end }, ', repeat: true')]
      : []),
  ];
}

/** Whether a value is followed by the next entry of a map in braces, or by its end. */
const isInBraces = (text: string, end: number): boolean => /^\s*[,}]/.test(text.slice(end, end + 80));
