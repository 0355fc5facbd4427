import { memoryNeeded } from '../../../plan/memory.ts';
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
    const { width, height, window, frames } = demand;
    const needed = (w: number, h: number) => memoryNeeded({ ...demand, width: w, height: h });
    if (needed(width, height) <= memory) return [];
    const fitting = largestFitting(width, height, (w, h) => needed(w, h) <= memory);
    const advice = fitting
      ? `Use ${fitting[0]}×${fitting[1]} or smaller.`
      : 'Use a smaller `context`, or render fewer frames.';
    return [
      {
        code: this.code,
        severity: 'warning',
        message:
          `The render needs about ${gigabytes(needed(width, height))}; this computer has ${gigabytes(memory)}. ` +
          `It would process ${window} frames of ${width}×${height} at once, ${frames} in total, and be very slow or run out of memory. ${advice}`,
        span: settingSpan(clip, 'width', 'height', 'context', 'frames'),
        fixes: fitting ? sizeFix(fitting, spans.get('width')?.value, spans.get('height')?.value) : [],
      },
    ];
  },
};

/** The largest size of about the same shape that fits, in steps of 64 of the shorter side; null if none fits. */
function largestFitting(
  width: number,
  height: number,
  fits: (width: number, height: number) => boolean,
): readonly [number, number] | null {
  const shorter = Math.min(width, height);
  for (let side = Math.floor((shorter - 1) / 64) * 64; side > 0; side -= 64) {
    const scaled = [width, height].map((length) => Math.round(((length / shorter) * side) / 8) * 8) as [number, number];
    if (fits(...scaled)) return scaled;
  }
  return null;
}

function sizeFix([width, height]: readonly [number, number], widthSpan?: TextSpan, heightSpan?: TextSpan): Fix[] {
  if (!widthSpan || !heightSpan) return [];
  const edits = [
    { span: widthSpan, text: `${width}` },
    { span: heightSpan, text: `${height}` },
  ];
  return [{ title: `Change the size to ${width}×${height}`, edits, mechanical: false }];
}
