import type { VideoHeader } from '../../plan/video-header.ts';
import { settingFiles } from '../settings/entries.ts';
import type { ClipContext } from './context.ts';

/** A file that a setting names as one image, or as one mask. */
export interface ImageFile {
  /** The setting that names it: `init_image`, `controlnet.0.image`, `controlnet.0.image.8`. */
  readonly setting: string;
  /** As written. */
  readonly path: string;
  /** What its first bytes say. */
  readonly header: VideoHeader;
}

/** The files that the settings name as images and masks. Folders and those that are not found are left out. */
export function imageFiles({ settings, inherited, environment }: ClipContext): ImageFile[] {
  return settingFiles(settings).flatMap(({ path: setting, kind, name: path }) => {
    if (kind !== 'image' && kind !== 'image-or-folder') return [];
    const header = environment.inputVideo?.(path, inherited.get(setting.split('.')[0]!) ?? '');
    return header ? [{ setting, path, header }] : [];
  });
}
