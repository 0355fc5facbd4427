import type { PlacedKeyframe, TimedKeyframe } from '../../grammar/clip/timeline.ts';
import type { TextSpan } from '../../grammar/problem.ts';
import type { PromptText } from '../../grammar/syntax/document.ts';
import type { Analysis } from './analysis.ts';

/** Whether an offset is in a span or at one of its ends, as a cursor can be. */
export function touches({ start, end }: TextSpan, offset: number): boolean {
  return start <= offset && offset <= end;
}

export function overlaps(a: TextSpan, b: TextSpan): boolean {
  return a.start <= b.end && b.start <= a.end;
}

/** The keyframe around an offset, by binary search. */
export function keyframeAt({ timed }: Analysis, offset: number): TimedKeyframe | null {
  let low = 0;
  let high = timed.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (timed[middle]!.keyframe.span.start <= offset) low = middle;
    else high = middle - 1;
  }
  const found = timed[low];
  return found && touches(found.keyframe.span, offset) ? found : null;
}

/** The prompt around an offset. */
export function promptAt(analysis: Analysis, offset: number): PromptText | null {
  const { head, tail } = analysis.document;
  const keyframe = keyframeAt(analysis, offset)?.keyframe;
  const isHere = ({ prompt }: { readonly prompt: PromptText }) => touches(prompt.span, offset);
  const place =
    [keyframe, keyframe?.negative].find((own) => own && isHere(own)) ?? head.find(isHere) ?? tail.find(isHere);
  return place?.prompt ?? null;
}

/** The used keyframes before and after a frame; undefined if it is the first or last. */
export function keyframesAround(
  { placed }: Analysis,
  frame: number,
): { readonly before: PlacedKeyframe | undefined; readonly after: PlacedKeyframe | undefined } {
  let low = 0;
  let high = placed.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (placed[middle]!.frame < frame) low = middle + 1;
    else high = middle;
  }
  return { before: placed[low - 1], after: placed[placed[low]?.frame === frame ? low + 1 : low] };
}
