import { convertSchedule } from '../../pasted/convert-schedule.ts';
import { usableModels } from '../../pasted/models.ts';
import { type ScheduleFormat, schedulesWithRoom } from '../../pasted/schedules.ts';
import type { Problem } from '../../problem.ts';
import type { Check } from '../check.ts';
import { conversionFix } from '../conversion-fix.ts';

export const pastedSchedule: Check = {
  code: 'travel/pasted-schedule',
  run({ document, environment, settings }) {
    const { frontMatter, text } = document;
    const { foreign } = environment;
    const { schedules, frames } = schedulesWithRoom(text, frontMatter?.span.end ?? 0, settings.frames);
    return schedules.map((schedule): Problem => {
      const problem = { code: this.code, severity: 'warning', span: schedule.span } as const;
      const { name, marks, example } = FORMATS[schedule.format];
      if (!schedule.ok) {
        return {
          ...problem,
          message: `This entry of ${name} cannot be read. The schedule would become part of the prompt. ${example}`,
          span: schedule.unreadable,
        };
      }
      const { length } = schedule.frames;
      const repeated = firstRepeated(schedule.frames);
      const advice =
        repeated === undefined
          ? `Its ${marks} would become part of the prompt. Write one \`frame: prompt\` per line, without ${marks}.`
          : `Two of its entries are at frame ${repeated} (fractions are rounded), so it cannot be converted. Change one of their keys.`;
      const title = length === 1 ? 'Convert to a keyframe' : `Convert to ${length} keyframes`;
      const conversion = foreign && usableModels(convertSchedule(text, schedule, frames, foreign), environment);
      return {
        ...problem,
        message: `This is ${name}. ${advice}`,
        fixes: conversion ? [conversionFix(title, document, conversion)] : [],
      };
    });
  },
};

function firstRepeated(frames: readonly number[]): number | undefined {
  const seen = new Set<number>();
  return frames.find((frame) => seen.size === seen.add(frame).size);
}

const FORMATS: Readonly<Record<ScheduleFormat, { name: string; marks: string; example: string }>> = {
  literal: {
    name: 'a JSON or Python schedule',
    marks: 'quotes',
    example: 'Write the entry as a frame and a prompt in quotes, as in "0": "a cat".',
  },
  table: {
    name: 'a Markdown table of keyframes',
    marks: 'bars',
    example: 'Write a frame in its column of frames, as in `| 0 | a cat |`.',
  },
};
