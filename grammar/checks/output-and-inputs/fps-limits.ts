import type { OutputFormat } from '../../../plan/plan.ts';
import type { Problem } from '../../problem.ts';
import { type Check, replace, settingSpan } from '../check.ts';

interface Limits {
  readonly format: OutputFormat;
  /** Frames per second at the longest duration of a frame that is stored. */
  readonly slowest: number;
  /** Frames per second at the shortest duration of a frame that players show as it is; faster frames are dropped. */
  readonly fastest: number;
  /** The range as text. */
  readonly duration: string;
}

/** The durations that `engine/media` writes: GIF counts hundredths of a second, WebP milliseconds, in 16 bits each. */
const LIMITS: readonly Limits[] = [
  { format: 'gif', slowest: 100 / 65535, fastest: 50, duration: '0.02 to 655 seconds' },
  { format: 'webp', slowest: 1000 / 65535, fastest: 1000 / 11, duration: '0.011 to 65 seconds' },
];

/** Frames whose duration a format of the render cannot store. */
export const fpsLimits: Check = {
  code: 'travel/fps-limits',
  run(clip) {
    const { fps, save, frames } = clip.settings;
    const span = settingSpan(clip, 'fps');
    const isWritten = span.end > span.start;
    return LIMITS.filter(({ format }) => save.includes(format)).flatMap(
      ({ format, slowest, fastest, duration }): Problem[] => {
        const problem = { code: this.code, span } as const;
        const fix = (limit: string) => (isWritten ? [replace(`Change to ${limit}`, span, limit)] : []);
        if (fps < slowest) {
          const limit = (Math.ceil(slowest * 10_000) / 10_000).toString();
          const message = `${fps} fps is too slow for ${format}. A frame of this format lasts ${duration}, so the file would play faster. Use at least ${limit}, or save mp4.`;
          return [{ ...problem, severity: 'error', message, fixes: fix(limit) }];
        }
        if (fps > fastest && frames > 1) {
          const limit = `${Math.floor(fastest)}`;
          const message = `${fps} fps is too fast for ${format}. A frame of this format lasts ${duration}, so the file drops frames to keep its speed. Use at most ${limit}, or save mp4.`;
          return [{ ...problem, severity: 'warning', message, fixes: fix(limit) }];
        }
        return [];
      },
    );
  },
};
