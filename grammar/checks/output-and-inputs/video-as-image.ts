import { fileName } from '../../../plan/paths.ts';
import { needsFfmpeg } from '../../../plan/video-header.ts';
import { type Check, namingFile, replace, settingSpan } from '../check.ts';

/** Videos that are named as the image of a ControlNet unit. Only their headers are read. */
export const videoAsImage: Check = {
  code: 'travel/video-as-image',
  run(clip) {
    const { settings, inherited, environment, spans } = clip;
    return settings.controlnet.flatMap(({ image }, i) => {
      if (image === undefined) return [];
      const files = typeof image === 'string' ? [image] : Object.values(image);
      const video = files.find((path) => {
        const header = environment.inputVideo?.(path, inherited.get('controlnet') ?? '');
        // GIF, WebP and PNG can be images, too.
        return header?.kind === 'video' && needsFfmpeg(header);
      });
      if (video === undefined) return [];
      const setting = `controlnet.${i}.image`;
      const key = typeof image === 'string' && spans.get(setting)?.key;
      const message = `“${fileName(video)}” is a video, not an image. Use \`video\`, which shows each frame of the clip the video at its time.`;
      return [
        {
          code: this.code,
          severity: 'error' as const,
          message: namingFile(clip, 'controlnet', message),
          span: settingSpan(clip, setting, 'controlnet'),
          fixes: key ? [replace('Use it as `video`', key, 'video')] : [],
        },
      ];
    });
  },
};
