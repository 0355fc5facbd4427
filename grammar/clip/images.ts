import { fileName } from '../../plan/paths.ts';
import type { PlanFrame, TravelPlan } from '../../plan/plan.ts';
import { folderTimes, type SourceRange, shownFrame } from '../../plan/source-time.ts';
import type { Settings } from '../settings/schema.ts';
import { fadeShares } from '../time/image-fade.ts';
import { type LengthSettings, renderedFps } from '../time/interpolation.ts';
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

/** The settings that decide what frames start from. */
export type ImageSettings = Pick<Settings, 'init_image' | 'video' | 'controlnet' | 'denoising_strength'>;

/**
 * Whether frames start from those of the video. With ControlNet units, it only guides them, as in A1111's ControlNet V2V,
 * unless a strength is set.
 */
export const startsFromVideo = ({ init_image, video, controlnet, denoising_strength }: ImageSettings): boolean =>
  video !== undefined && init_image === undefined && (controlnet.length === 0 || denoising_strength !== undefined);

/** How much of the images that frames start from is changed, 0 to 1, also over time; without the setting, as in A1111. */
export const denoisingStrength = ({ denoising_strength: strength = 0.75 }: Pick<Settings, 'denoising_strength'>) =>
  strength;

/** Whether frames start from images (img2img), and not from noise alone. */
export const startsFromImages = (settings: ImageSettings): boolean =>
  settings.init_image !== undefined || startsFromVideo(settings);

/** Whether a setting acts: a folder has an image for the last frame, too, and without an image, nothing is kept. */
export function usesImages(
  key: (typeof IMAGE_SETTINGS)[number],
  { init, video }: Pick<ClipImages, 'init' | 'video'>,
  settings: ImageSettings,
): boolean {
  switch (key) {
    case 'init_image':
      return true;
    case 'last_frame':
      return init?.kind === 'file';
    case 'inpaint_mask':
      return (startsFromVideo(settings) ? video : init) !== null;
  }
}

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
  const init = found?.kind === 'folder' ? initFolder(found) : found;
  const video = find('video', settings.video?.source ?? settings.video?.path);
  const findUsed = (key: 'last_frame' | 'inpaint_mask') =>
    usesImages(key, { init, video }, settings) ? find(key, settings[key]) : null;
  return { init, video, last: findUsed('last_frame'), mask: findUsed('inpaint_mask') };
}

function initFolder({ kind, files, others }: InputImages): InputImages {
  const isLeftOut = ({ path }: { readonly path: string }) => NOT_IN_INIT_FOLDER.test(path);
  const leftOut = files.filter(isLeftOut).map(({ path }) => fileName(path));
  return {
    kind,
    files: files.filter((file) => !isLeftOut(file)),
    ...(others && { others: { ...others, ignored: [...others.ignored, ...leftOut] } }),
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
 * one of a folder or a video is that one alone. What a mask keeps does not fade; of a video, it moves.
 *
 * @param frames of the whole clip
 */
export function planImages(
  { init, last, mask, video }: ClipImages,
  settings: ImageSettings &
    LengthSettings &
    Pick<Settings, 'fps' | 'latent_power' | 'latent_scale' | 'latent_power_last' | 'latent_scale_last'>,
  { frames, hasMotion }: { readonly frames: number; readonly hasMotion: boolean },
): PlannedImages {
  const indices = Array.from({ length: frames }, (_, index) => index);
  /** Which of its files a frame has. */
  const fileOf = ({ kind }: InputImages, frame: number) => (kind === 'folder' ? frame : 0);
  /** @param images of the frames */
  const masked = (images: readonly number[]) => ({
    masks: mask?.files.slice(0, frames) ?? [],
    inpaints: mask ? images.map((image, i) => ({ image, mask: fileOf(mask, i) })) : [],
  });
  const whole = (images: readonly number[]) => images.map((image) => [{ image, share: 1 }]);
  if (startsFromVideo(settings) && video) {
    const { images, ofFrame } = videoImages(video, videoRange(settings.video!), { frames, fps: renderedFps(settings) });
    return { images, starts: whole(ofFrame), ...masked(ofFrame) };
  }
  if (!init) return { images: [], masks: [], starts: [], inpaints: [] };
  const ofFrame = indices.map((i) => fileOf(init, i));
  if (init.kind === 'folder' || !hasMotion) {
    return { images: init.files.slice(0, frames), starts: whole(ofFrame), ...masked(ofFrame) };
  }
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
    ...masked(ofFrame),
  };
}

/**
 * The images that the frames of a clip show of a video, or of a folder at the clip's frame rate.
 *
 * @param fps rendered frames per second
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
