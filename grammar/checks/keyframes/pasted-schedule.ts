import { conversionEdits } from '../../pasted/conversion.ts';
import { findSchedules } from '../../pasted/schedules.ts';
import type { Problem } from '../../problem.ts';
import type { Check } from '../check.ts';

export const pastedSchedule: Check = {
  code: 'travel/pasted-schedule',
  run({ document, settings: { frames } }) {
    const { frontMatter, text } = document;
    return findSchedules(text, frontMatter?.span.end ?? 0, frames).map((schedule): Problem => {
      const problem = { code: this.code, severity: 'warning', span: schedule.span } as const;
      if (!schedule.ok) {
        return {
          ...problem,
          message:
            'This entry of a JSON or Python schedule cannot be read. The schedule would become part of the prompt. Write the entry as a frame and a prompt in quotes, as in "0": "a cat".',
          span: schedule.unreadable,
        };
      }
      const { keyframes } = schedule;
      const title = keyframes === 1 ? 'Convert to a keyframe' : `Convert to ${keyframes} keyframes`;
      return {
        ...problem,
        message:
          'This is a JSON or Python schedule. Its quotes would become part of the prompt. Write one `frame: prompt` per line, without quotes.',
        fixes: [{ title, edits: conversionEdits(document, schedule), mechanical: false }],
      };
    });
  },
};
