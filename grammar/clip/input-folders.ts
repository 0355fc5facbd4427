import type { FileRef } from '../../plan/plan.ts';
import { renderedFps } from '../time/interpolation.ts';
import type { ClipContext } from './context.ts';
import type { OtherFiles } from './environment.ts';
import { videoImages, videoRange } from './images.ts';

/** A folder of images, or of masks, that a clip uses. */
export interface InputFolder {
  /** The setting that names it. */
  readonly setting: string;
  /** As written. */
  readonly path: string;
  readonly holds: 'images' | 'masks';
  readonly files: readonly FileRef[];
  /** What else is in it; absent: nothing. */
  readonly others?: OtherFiles;
}

interface Named {
  readonly setting: string;
  readonly path: string | undefined;
  readonly holds: InputFolder['holds'];
  readonly input: { readonly kind: string; readonly files: readonly FileRef[]; readonly others?: OtherFiles } | null;
}

/** Every folder that the settings name, once. Those that are not found are left out. */
export function inputFolders({ settings, images, controls, controlMasks }: ClipContext): InputFolder[] {
  const named: Named[] = [
    { setting: 'video.path', path: settings.video?.path, holds: 'images', input: images.video },
    { setting: 'init_image', path: settings.init_image, holds: 'images', input: images.init },
    { setting: 'inpaint_mask', path: settings.inpaint_mask, holds: 'masks', input: images.mask },
    ...controls.flatMap((pictures, i): Named[] => {
      if (pictures?.kind !== 'batch') return [];
      const [setting, path] = [`controlnet.${i}.batch`, settings.controlnet[i]!.batch];
      return [{ setting, path, holds: 'images', input: { ...pictures, kind: 'folder' } }];
    }),
    ...controlMasks.map((input, i): Named => {
      const own = settings.controlnet[i]!.mask;
      const setting = own === undefined ? 'mask' : `controlnet.${i}.mask`;
      return { setting, path: own ?? settings.mask, holds: 'masks', input };
    }),
  ];
  const folders = named.flatMap(({ setting, path, holds, input }): InputFolder[] =>
    input?.kind === 'folder' && path !== undefined
      ? [{ setting, path, holds, files: input.files, ...(input.others && { others: input.others }) }]
      : [],
  );
  return [...new Map(folders.map((folder) => [folder.setting, folder])).values()];
}

/** The files of a folder that the clip shows. */
export function shownFiles(
  { images, settings, frames }: ClipContext,
  { setting, files }: InputFolder,
): readonly FileRef[] {
  if (setting !== 'video.path' || !images.video || !settings.video) return files.slice(0, frames);
  return videoImages(images.video, videoRange(settings.video), { frames, fps: renderedFps(settings) }).images;
}
