import { FORMAT_LIMITS, FORMATS_WITH_TIME } from '../../../plan/format-limits.ts';
import type { ClipContext } from '../../clip/context.ts';
import type { Fix } from '../../problem.ts';
import { addSettings } from '../../settings/add-settings.ts';
import {
  followsVideo,
  fpsOfSameDuration,
  type InterpolatedLength,
  interpolatedLength,
  lengthText,
} from '../../time/interpolation.ts';
import { type Check, replace, settingSpan } from '../check.ts';
import { usesSeconds } from '../requirements.ts';

/** Rendered frames per second below which a clip is slow motion: motion modules learned 8. */
const SLOW = 5;

/** Interpolation at a frame rate that was not raised for it. Frames that follow a video are rendered at its speed. */
export const slowMotion: Check = {
  code: 'travel/slow-motion',
  run(clip) {
    const { settings } = clip;
    const { fps, save } = settings;
    if (followsVideo(settings)) return [];
    const length = interpolatedLength(settings);
    const isVideo = save.some((format) => FORMATS_WITH_TIME.includes(format));
    if (length === null || !isVideo || fps / (length.count + 1) >= SLOW) return [];
    const same = fpsOfSameDuration(length.before, length.after, fps);
    const tooFast = save.find((format) => (FORMAT_LIMITS[format]?.fastest ?? Number.POSITIVE_INFINITY) < same);
    const movesPositions = usesSeconds(clip);
    const advice = tooFast
      ? `${tooFast} shows at most ${Math.floor(FORMAT_LIMITS[tooFast]!.fastest)} fps; mp4 has no such limit.`
      : movesPositions
        ? 'Positions in seconds would then be at other frames.'
        : '';
    return [
      {
        code: this.code,
        severity: 'information',
        message:
          `Interpolation makes the clip ${slower(length)} times slower. ${lengthText(length, fps)} ${advice}`.trim(),
        span: settingSpan(clip, 'interpolate.x', 'interpolate'),
        fixes: tooFast !== undefined || movesPositions ? [] : fpsFix(clip, same),
      },
    ];
  },
};

const slower = ({ before, after }: InterpolatedLength) => Number((after / before).toPrecision(2));

function fpsFix(clip: ClipContext, fps: number): Fix[] {
  const title = `Change \`fps\` to ${fps}`;
  const written = clip.spans.get('fps');
  if (written) return [replace(title, written.value, `${fps}`)];
  const added = clip.spans.has('interpolate') ? addSettings(clip.document, [['fps', `${fps}`]]) : null;
  return added ? [replace(title, added.span, added.text)] : [];
}
