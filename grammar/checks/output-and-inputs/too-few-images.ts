import { type Check, namingFile, settingSpan } from '../check.ts';

/** A folder that has fewer images than the clip has frames: existing tools shorten the clip. */
export const tooFewImages: Check = {
  code: 'travel/too-few-images',
  run(clip) {
    const { settings, images, frames } = clip;
    if (images.init?.kind !== 'folder') return [];
    const found = images.init.files.length;
    if (found >= frames) return [];
    const has = found === 1 ? '1 image' : `${found} images`;
    const advice =
      found === 0
        ? 'Choose a folder with PNG, JPEG, WebP or TIFF files.'
        : `Set \`frames\` to ${found}, or add images.`;
    return [
      {
        code: this.code,
        severity: 'error',
        message: namingFile(
          clip,
          'init_image',
          `“${settings.init_image}” has ${has}, but the clip has ${frames} frames. ${advice}`,
        ),
        span: settingSpan(clip, 'init_image'),
      },
    ];
  },
};
