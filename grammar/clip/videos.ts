import type { SourceRange } from '../../plan/source-time.ts';
import type { VideoHeader } from '../../plan/video-header.ts';
import type { ClipContext } from './context.ts';
import { videoRange } from './images.ts';

/** A video that a clip uses. */
export interface ClipVideo {
  /** The setting that names it. */
  readonly setting: string;
  /** As written. */
  readonly path: string;
  readonly header: VideoHeader;
  readonly range: SourceRange;
}

const WHOLE: SourceRange = { from: 0, to: null, repeat: false };

/** The videos that the settings name, with what their headers say. Those that are not found are left out. */
export function clipVideos({ settings, inherited, environment }: ClipContext): ClipVideo[] {
  const { video, controlnet } = settings;
  const named = [
    ...(video?.source === undefined ? [] : [{ setting: 'video.source', path: video.source, range: videoRange(video) }]),
    ...controlnet.flatMap((unit, i) =>
      unit.video === undefined ? [] : [{ setting: `controlnet.${i}.video`, path: unit.video, range: WHOLE }],
    ),
  ];
  return named.flatMap((each) => {
    const from = inherited.get(each.setting.split('.')[0]!) ?? '';
    const header = environment.inputVideo?.(each.path, from);
    return header ? [{ ...each, header }] : [];
  });
}
