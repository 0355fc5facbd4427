import { chooseMemoryPlan, fittingSettings, fittingText } from '../../../plan/memory-plan.ts';
import { gigabytes } from '../../../plan/units.ts';
import { clipDemand } from '../../clip/memory-demand.ts';
import type { Fix, TextSpan } from '../../problem.ts';
import { type Check, settingSpan } from '../check.ts';

/** Applies to renders on the CPU, because the memory of a GPU is not known. */
export const notEnoughMemory: Check = {
  code: 'travel/not-enough-memory',
  run(clip) {
    const { spans } = clip;
    const { memory } = clip.environment;
    const demand = clipDemand(clip);
    if (!memory || !demand) return [];
    const { needed, fits } = chooseMemoryPlan(demand, memory);
    if (fits) return [];
    const { width, height, window, frames } = demand;
    const fitting = fittingSettings(demand, memory);
    return [
      {
        code: this.code,
        severity: 'warning',
        message:
          `The render needs about ${gigabytes(needed)}; this computer has ${gigabytes(memory)}. ` +
          `It would process ${window} frames of ${width}×${height} at once, ${frames} in total. The CPU does not render it. ${fittingText(fitting)}`,
        span: settingSpan(clip, 'width', 'height', 'context', 'frames'),
        fixes: fitting.size ? sizeFix(fitting.size, spans.get('width')?.value, spans.get('height')?.value) : [],
      },
    ];
  },
};

function sizeFix([width, height]: readonly [number, number], widthSpan?: TextSpan, heightSpan?: TextSpan): Fix[] {
  if (!widthSpan || !heightSpan) return [];
  const edits = [
    { span: widthSpan, text: `${width}` },
    { span: heightSpan, text: `${height}` },
  ];
  return [{ title: `Change the size to ${width}×${height}`, edits, mechanical: false }];
}
