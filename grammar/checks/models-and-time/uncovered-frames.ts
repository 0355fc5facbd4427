import { contextWindows, overlapFrames, uncoveredFrames } from '../../time/windows.ts';
import type { Check } from '../check.ts';

export const uncoveredFramesCheck: Check = {
  code: 'travel/uncovered-frames',
  run({ settings, spans }) {
    const { context, overlap, dialect, closed_loop: closedLoop } = settings;
    const frames = Math.max(settings.frames, context);
    if (dialect !== 'webui' || overlapFrames(context, overlap) >= context) return [];
    const windows = contextWindows({ ...settings, frames, closedLoop, schedule: settings.context_schedule });
    const uncovered = new Set(windows.flatMap((step) => uncoveredFrames(step, frames)));
    if (uncovered.size === 0) return [];
    const some = [...uncovered]
      .sort((a, b) => a - b)
      .slice(0, 8)
      .join(', ');
    return [
      {
        code: this.code,
        severity: 'warning',
        message: `In some steps sd-webui-animatediff has no window for frame ${some}${uncovered.size > 8 ? ', …' : ''}, which then keeps its noise. Change \`frames\` or \`overlap\`, or remove \`dialect: webui\`.`,
        span: (spans.get('closed_loop') ?? spans.get('frames'))?.value ?? { start: 0, end: 0 },
      },
    ];
  },
};
