import { findSchedules, keyframesOf } from '../../syntax/schedules.ts';
import { type Check, replace } from '../check.ts';

export const pastedSchedule: Check = {
  code: 'travel/pasted-schedule',
  run({ document: { frontMatter, text } }) {
    return findSchedules(text, frontMatter?.span.end ?? 0).map(({ span, entries }) => {
      const title = entries.length === 1 ? 'Convert to a keyframe' : `Convert to ${entries.length} keyframes`;
      return {
        code: this.code,
        severity: 'warning',
        message:
          'This is a JSON or Python schedule. Its quotes would become part of the prompt. Write one `frame: prompt` per line, without quotes.',
        span,
        fixes: [replace(title, span, keyframesOf(entries, text))],
      };
    });
  },
};
