import type { StepWindowsAnswer } from '../../protocol/timeline.ts';
import type { Analysis } from '../documents/analysis.ts';

/** The context windows of a step, as in the plan; null if errors stop the render, or there are fewer steps. */
export function stepWindowsOf({ clip }: Analysis, step: number): StepWindowsAnswer {
  return clip.windows(step)?.map(({ start, stride, length }) => ({ start, stride, length })) ?? null;
}
