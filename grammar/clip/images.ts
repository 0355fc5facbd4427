import type { PlanFrame, TravelPlan } from '../../plan/plan.ts';
import { folderTimes, type SourceRange, shownFrame } from '../../plan/source-time.ts';
import type { Settings } from '../settings/schema.ts';
import { fadeShares } from '../time/image-fade.ts';
import type { Environment, InputImages } from './environment.ts';

/** The settings that name images which frames start from. */
export const IMAGE_SETTINGS = ['init_image', 'last_frame'] as const;

/** The files of these settings; null: not set, not found, or the environment reads no files. */
export interface ClipImages {
  readonly init: InputImages | null;
  readonly last: InputImages | null;
  /** The video of `video`, or the images of its folder. */
  readonly video: InputImages | null;
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
    last: init?.kind === 'file' ? find('last_frame', settings.last_frame) : null,
    video: find('video', settings.video?.source ?? settings.video?.path),
  };
}

/** The part of the video that a clip uses. */
export const videoRange = ({ from, to, repeat }: NonNullable<Settings['video']>): SourceRange => ({
  from,
  to: to ?? null,
  repeat,
});

interface PlannedImages {
  readonly images: TravelPlan['images'];
  readonly starts: readonly PlanFrame['start'][];
}

/**
 * The images of a plan, and what each frame starts from. An image for the whole clip fades from frame to frame, as in
 * sd-webui-animatediff; without a motion module, each frame is A1111's img2img of the image. A frame that starts from
 * one of a folder or a video is that one alone.
 *
 * @param frames of the whole clip
 */
export function planImages(
  { init, last, video }: ClipImages,
  settings: ImageSettings &
    Pick<Settings, 'fps' | 'latent_power' | 'latent_scale' | 'latent_power_last' | 'latent_scale_last'>,
  { frames, hasMotion }: { readonly frames: number; readonly hasMotion: boolean },
): PlannedImages {
  const indices = Array.from({ length: frames }, (_, index) => index);
  if (startsFromVideo(settings) && video) {
    const { images, ofFrame } = videoImages(video, videoRange(settings.video!), { frames, fps: settings.fps });
    return { images, starts: ofFrame.map((image) => [{ image, share: 1 }]) };
  }
  if (!init) return { images: [], starts: [] };
  if (init.kind === 'folder') {
    return { images: init.files.slice(0, frames), starts: indices.map((image) => [{ image, share: 1 }]) };
  }
  if (!hasMotion) return { images: [...init.files], starts: indices.map(() => [{ image: 0, share: 1 }]) };
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
