import { contextWindows, overlapFrames, uncoveredFrames as uncoveredIn } from '../../time/windows.ts';
import { type Check, settingSpan } from '../check.ts';

/** Frames that the message lists. */
const MOST_FRAMES = 8;

export const uncoveredFrames: Check = {
  code: 'travel/uncovered-frames',
  dialect: 'webui',
  run(clip) {
    const { settings, frames } = clip;
    const { context, overlap, closed_loop: closedLoop, context_schedule: schedule } = settings;
    if (overlapFrames(context, overlap) >= context) return [];
    const windows = contextWindows({ ...settings, frames, closedLoop, schedule });
    const uncovered = [...new Set(windows.flatMap((step) => uncoveredIn(step, frames)))].sort((a, b) => a - b);
    if (uncovered.length === 0) return [];
    const listed = uncovered.slice(0, MOST_FRAMES).join(', ') + (uncovered.length > MOST_FRAMES ? ', …' : '');
    return [
      {
        code: this.code,
        severity: 'warning',
        message: `Some frames are in no context window in some steps. As in sd-webui-animatediff, their noise is not removed in these steps: ${listed}. Change \`frames\` or \`overlap\`, or remove \`dialect: webui\`.`,
        span: settingSpan(clip, 'closed_loop', 'frames'),
      },
    ];
  },
};
