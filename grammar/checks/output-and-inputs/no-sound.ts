import { fileName } from '../../../plan/paths.ts';
import { clipVideos } from '../../clip/videos.ts';
import { type Check, namingFile, replace, settingSpan } from '../check.ts';

/** `audio: keep` with a video that has no sound. */
export const noSound: Check = {
  code: 'travel/no-sound',
  run(clip) {
    const { settings, spans } = clip;
    if (settings.audio !== 'keep') return [];
    const video = clipVideos(clip).find(({ setting }) => setting === 'video.source');
    if (!video || video.header.kind === 'refused' || video.header.hasAudio !== false) return [];
    const message = `“${fileName(video.path)}” has no sound. The clip is written without any. Use another video, or remove \`audio\`.`;
    const value = spans.get('audio')?.value;
    return [
      {
        code: this.code,
        severity: 'warning',
        message: namingFile(clip, 'audio', message),
        span: settingSpan(clip, 'audio', 'video.source'),
        fixes: value ? [replace('Change to `off`', value, 'off')] : [],
      },
    ];
  },
};
