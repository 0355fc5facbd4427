import type { TextEdit } from '../format/format.ts';
import type { ClipTime } from '../time/position.ts';
import { type Refusal, refused } from './outcome.ts';
import { mirroredPosition } from './position-text.ts';
import { pointEdits, type TravellingSetting } from './travelling-numbers.ts';

/**
 * The edits that mirror a number that changes over time. Values on one line stay in the order of the clip; on lines of
 * their own, they stay with their comments.
 */
export function reverseSetting(
  { path, points, inOrder }: TravellingSetting,
  time: ClipTime,
  text: string,
): { readonly edits: readonly TextEdit[] } | Refusal {
  const last = time.frames - 1;
  if (points.some(({ frame }) => frame > last)) {
    return refused(`\`${path}\` has a position after the last frame; remove it first.`);
  }
  const isLine = !text.slice(points[0]!.key.start, points.at(-1)!.value.end).includes('\n');
  const edits = points.flatMap((point, i) => {
    const { frame, from, through } = point;
    // A hold ends before the next position at the latest.
    const end = Math.min(point.holdEnd ?? frame, (points[i + 1]?.frame ?? time.frames) - 1);
    const position = mirroredPosition(through ?? from, last - end, time);
    const hold = end === frame ? null : mirroredPosition(from, last - frame, time);
    if (!inOrder || !isLine) return pointEdits(point, position, hold, text);
    const place = points[points.length - 1 - i]!;
    const value = text.slice(point.value.start, point.value.end);
    const isSame = text.slice(place.value.start, place.value.end) === value;
    return [...pointEdits(place, position, hold, text), ...(isSame ? [] : [{ span: place.value, text: value }])];
  });
  return { edits };
}
