import { fileName } from '../../../plan/paths.ts';
import { needsFfmpeg } from '../../../plan/video-header.ts';
import type { ClipContext } from '../../clip/context.ts';
import { type ImageFile, imageFiles } from '../../clip/image-files.ts';
import { startsFromVideo } from '../../clip/images.ts';
import type { Fix, Problem } from '../../problem.ts';
import { renderedFps } from '../../time/interpolation.ts';
import { type Check, namingFile, replace, settingSpan } from '../check.ts';
import { replaceSetting } from './input-fixes.ts';

/** Videos that are named as images or masks. Only their headers are read. */
export const videoAsImage: Check = {
  code: 'travel/video-as-image',
  run(clip) {
    return imageFiles(clip).flatMap((file): Problem[] => {
      const { setting, path, header } = file;
      if (header.kind !== 'video') return [];
      // GIF, WebP and PNG can be images, too.
      const isAnimation = !needsFfmpeg(header);
      if (isAnimation && (header.frames ?? 1) <= 1) return [];
      const what = isAnimation
        ? 'is an animation, of which only the first frame is used'
        : `is a video, not ${/mask$/.test(setting) ? 'a mask' : 'an image'}`;
      const { advice, fixes } = insteadOf(clip, file);
      return [
        {
          code: this.code,
          severity: isAnimation ? 'information' : 'error',
          message: namingFile(clip, setting, `“${fileName(path)}” ${what}. ${advice}`),
          span: settingSpan(clip, setting, setting.split('.')[0]!),
          fixes,
        },
      ];
    });
  },
};

/** How to use a video, by the setting that names it. */
function insteadOf(
  clip: ClipContext,
  { setting, path }: ImageFile,
): { readonly advice: string; readonly fixes: Fix[] } {
  if (/mask$/.test(setting)) {
    const fps = Number(renderedFps(clip.settings).toFixed(3));
    const advice = `Write its frames into a folder, such as with \`ffmpeg -i ${fileName(path)} -vf fps=${fps} masks/%05d.png\`, and name the folder.`;
    return { advice, fixes: [] };
  }
  if (setting === 'last_frame') return { advice: 'Save one of its frames as PNG, and use that.', fixes: [] };
  if (setting === 'init_image') {
    const advice = 'Use `video`, from which each frame of the clip starts at its time.';
    return { advice, fixes: asVideo(clip, path) };
  }
  const key = /^controlnet\.\d+\.image$/.test(setting) && clip.spans.get(setting)?.key;
  return {
    advice: 'Use `video`, which shows each frame of the clip the video at its time.',
    fixes: key ? [replace('Use it as `video`', key, 'video')] : [],
  };
}

/** The video that frames start from; none if they would not, or if there is one. */
function asVideo(clip: ClipContext, path: string): Fix[] {
  const { settings } = clip;
  const video = { from: 0, repeat: false, source: path };
  if (settings.video || !startsFromVideo({ ...settings, init_image: undefined, video })) return [];
  const edits = replaceSetting(clip, 'init_image', `video: {source: ${JSON.stringify(path)}}`);
  return edits.length > 0 ? [{ title: 'Use it as `video`', edits, mechanical: false }] : [];
}
