import type { PlanFrame, TravelPlan } from '../../plan/plan.ts';
import type { Settings } from '../settings/schema.ts';
import { fadeShares } from '../time/image-fade.ts';
import type { Environment, InputImages } from './environment.ts';

/** The settings that name images which frames start from. */
export const IMAGE_SETTINGS = ['init_image', 'last_frame'] as const;

/** The files of these settings; null: not set, not found, or the environment reads no files. */
export interface ClipImages {
  readonly init: InputImages | null;
  readonly last: InputImages | null;
}

/** @param inherited the extended file that sets a setting: paths in it are relative to its folder */
export function clipImages(
  settings: Settings,
  inherited: ReadonlyMap<string, string>,
  environment: Environment,
): ClipImages {
  const find = (key: (typeof IMAGE_SETTINGS)[number]) => {
    const path = settings[key];
    return path === undefined ? null : (environment.inputImages?.(path, inherited.get(key) ?? '') ?? null);
  };
  const init = find('init_image');
  return { init, last: init?.kind === 'file' ? find('last_frame') : null };
}

/**
 * The images of a plan, and what each frame starts from. An image for the whole clip fades from frame to frame, as in
 * sd-webui-animatediff; without a motion module, each frame is A1111's img2img of the image.
 *
 * @param frames of the whole clip
 */
export function planImages(
  { init, last }: ClipImages,
  settings: Pick<Settings, 'latent_power' | 'latent_scale' | 'latent_power_last' | 'latent_scale_last'>,
  { frames, hasMotion }: { readonly frames: number; readonly hasMotion: boolean },
): { readonly images: TravelPlan['images']; readonly starts: readonly PlanFrame['start'][] } {
  const indices = Array.from({ length: frames }, (_, index) => index);
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
