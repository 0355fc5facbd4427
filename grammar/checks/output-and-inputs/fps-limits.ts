import { dropsFrames, FORMAT_LIMITS, lossesOf } from '../../../plan/format-limits.ts';
import { frameRate } from '../../../plan/frame-rate.ts';
import type { Problem } from '../../problem.ts';
import { type Check, replace, settingSpan } from '../check.ts';

/** Frames whose duration a format of the render cannot store. */
export const fpsLimits: Check = {
  code: 'travel/fps-limits',
  run(clip) {
    const { fps, save, frames, loop } = clip.settings;
    const span = settingSpan(clip, 'fps');
    const isWritten = span.end > span.start;
    return [...new Set(save)].flatMap((format): Problem[] => {
      const limits = FORMAT_LIMITS[format];
      if (!limits) return [];
      const { slowest, fastest, duration } = limits;
      const other = format === 'mp4' ? 'webm' : 'mp4';
      // That it is saved, too, does not help this one.
      const instead = save.includes(other) ? `remove ${format}, because ${other} is saved, too` : `save ${other}`;
      const problem = { code: this.code, span } as const;
      const fix = (limit: string) => (isWritten ? [replace(`Change to ${limit}`, span, limit)] : []);
      if (fps < slowest) {
        const limit = (Math.ceil(slowest * 10_000) / 10_000).toString();
        const message = `${frameRate(fps)} fps is too slow for ${format}. A frame of this format lasts ${duration}, so the file would play faster. Use at least ${limit}, or ${instead}.`;
        return [{ ...problem, severity: 'error', message, fixes: fix(limit) }];
      }
      if (lossesOf(format, { fps, frames, loop, hasSound: false }).includes('frames')) {
        const limit = `${Math.floor(fastest)}`;
        const message = `${dropsFrames(format, fps)} Use at most ${limit}, or ${instead}.`;
        return [{ ...problem, severity: 'warning', message, fixes: fix(limit) }];
      }
      return [];
    });
  },
};
