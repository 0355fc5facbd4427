import type { PlanFrame, TravelPlan } from '../../plan/plan.ts';
import { folderTimes, type SourceRange, shownFrame } from '../../plan/source-time.ts';
import type { Settings } from '../settings/schema.ts';
import { fadeShares } from '../time/image-fade.ts';
import type { Environment, InputImages } from './environment.ts';

/** The settings that name images which frames start from, or their masks. */
export const IMAGE_SETTINGS = ['init_image', 'last_frame', 'inpaint_mask'] as const;

/** The files of these settings; null: not set, not used, not found, or the environment reads no files. */
export interface ClipImages {
  readonly init: InputImages | null;
  readonly last: InputImages | null;
  /** The video of `video`, or the images of its folder. */
  readonly video: InputImages | null;
  readonly mask: InputImages | null;
}

/** The part of them that a setting names. */
export const IMAGES_OF: Readonly<Record<(typeof IMAGE_SETTINGS)[number], keyof ClipImages>> = {
  init_image: 'init',
  last_frame: 'last',
  inpaint_mask: 'mask',
};

/** Whether a setting acts: a folder has an image for the last frame, too, and without an image, nothing is kept. */
export function usesImages(key: (typeof IMAGE_SETTINGS)[number], init: InputImages | null): boolean {
  return key === 'init_image' || (key === 'last_frame' ? init?.kind === 'file' : init !== null);
}

/** The settings that decide what frames start from. */
export type ImageSettings = Pick<Settings, 'init_image' | 'video' | 'controlnet'>;

/** Whether frames start from those of the video: ControlNet units would be guided by it instead. */
export const startsFromVideo = ({ init_image, video, controlnet }: ImageSettings): boolean =>
  video !== undefined && init_image === undefined && controlnet.length === 0;

/** Whether frames start from images (img2img), and not from noise alone. */
export const startsFromImages = (settings: ImageSettings): boolean =>
  settings.init_image !== undefined || startsFromVideo(settings);

/** Kinds of images that sd-webui-animatediff does not take from a folder of `init_image`. */
const NOT_IN_INIT_FOLDER = /\.gif$/i;

/** @param inherited the extended file that sets a setting: paths in it are relative to its folder */
export function clipImages(
  settings: Settings,
  inherited: ReadonlyMap<string, string>,
  environment: Environment,
): ClipImages {
  const find = (key: string, path: string | undefined) =>
    path === undefined ? null : (environment.inputImages?.(path, inherited.get(key) ?? '') ?? null);
  const found = find('init_image', settings.init_image);
  const init =
    found?.kind === 'folder'
      ? { ...found, files: found.files.filter(({ path }) => !NOT_IN_INIT_FOLDER.test(path)) }
      : found;
  return {
    init,
    last: usesImages('last_frame', init) ? find('last_frame', settings.last_frame) : null,
    mask: usesImages('inpaint_mask', init) ? find('inpaint_mask', settings.inpaint_mask) : null,
    video: find('video', settings.video?.source ?? settings.video?.path),
  };
}

/** The part of the video that a clip uses. */
export const videoRange = ({ from, to, repeat }: NonNullable<Settings['video']>): SourceRange => ({
  from,
  to: to ?? null,
  repeat,
});

/** What the images of a clip are for its frames; without images, all lists are empty. */
interface PlannedImages {
  readonly images: TravelPlan['images'];
  readonly masks: TravelPlan['masks'];
  /** By frame; empty without images. */
  readonly starts: readonly PlanFrame['start'][];
  /** By frame; empty without masks. */
  readonly inpaints: readonly PlanFrame['inpaint'][];
}

/**
 * The images of a plan, and what each frame starts from. An image for the whole clip fades from frame to frame, as in
 * sd-webui-animatediff; without a motion module, each frame is A1111's img2img of the image. A frame that starts from
 * one of a folder or a video is that one alone. What a mask keeps does not fade.
 *
 * @param frames of the whole clip
 */
export function planImages(
  { init, last, mask, video }: ClipImages,
  settings: ImageSettings &
    Pick<Settings, 'fps' | 'latent_power' | 'latent_scale' | 'latent_power_last' | 'latent_scale_last'>,
  { frames, hasMotion }: { readonly frames: number; readonly hasMotion: boolean },
): PlannedImages {
  const indices = Array.from({ length: frames }, (_, index) => index);
  if (startsFromVideo(settings) && video) {
    const { images, ofFrame } = videoImages(video, videoRange(settings.video!), { frames, fps: settings.fps });
    return { images, masks: [], starts: ofFrame.map((image) => [{ image, share: 1 }]), inpaints: [] };
  }
  if (!init) return { images: [], masks: [], starts: [], inpaints: [] };
  /** Which of its files a frame has. */
  const fileOf = ({ kind }: InputImages, frame: number) => (kind === 'folder' ? frame : 0);
  const masks = {
    masks: mask?.files.slice(0, frames) ?? [],
    inpaints: mask ? indices.map((i) => ({ image: fileOf(init, i), mask: fileOf(mask, i) })) : [],
  };
  const whole = indices.map((i) => [{ image: fileOf(init, i), share: 1 }]);
  if (init.kind === 'folder') return { images: init.files.slice(0, frames), starts: whole, ...masks };
  if (!hasMotion) return { images: [...init.files], starts: whole, ...masks };
  const fade = { power: settings.latent_power, scale: settings.latent_scale };
  const fadeOfLast = last && { power: settings.latent_power_last, scale: settings.latent_scale_last };
  const shares = fadeShares(frames, fade, fadeOfLast);
  return {
    images: [...init.files, ...(last?.files ?? [])],
    starts: indices.map((i) =>
      [
        { image: 0, share: shares.first[i]! },
        { image: 1, share: shares.last?.[i] ?? 0 },
      ].filter(({ share }) => share > 0),
    ),
    ...masks,
  };
}

/**
 * The images that the frames of a clip show of a video, or of a folder at the clip's frame rate.
 *
 * @returns `ofFrame`: the index into `images` of each frame. If a folder is too short, which is an error, its last one
 */
export function videoImages(
  { kind, files }: InputImages,
  range: SourceRange,
  { frames, fps }: { readonly frames: number; readonly fps: number },
): { readonly images: TravelPlan['images']; readonly ofFrame: readonly number[] } {
  const times = Array.from({ length: frames }, (_, index) => index / fps);
  if (kind === 'file') {
    const [file] = files;
    return {
      images: times.map((at) => ({ ...file!, shown: { at, ...range } })),
      ofFrame: times.map((_, index) => index),
    };
  }
  if (files.length === 0) return { images: [], ofFrame: [] };
  const source = folderTimes(files.length, fps);
  const chosen = times.map((at) => shownFrame(source, range, at) ?? files.length - 1);
  const used = new Map([...new Set(chosen)].map((index, position) => [index, position]));
  return { images: [...used.keys()].map((index) => files[index]!), ofFrame: chosen.map((index) => used.get(index)!) };
}
