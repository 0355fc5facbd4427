import type { TimelineKey } from '../../protocol/timeline.ts';
import { type Axis, xOf } from './axis.ts';

/** What the keyframe lane shows at a place: one keyframe, or several that are too close to be told apart. */
export type Mark =
  | { readonly kind: 'key'; readonly key: number; readonly x: number; readonly holdX: number }
  | {
      readonly kind: 'group';
      /** Indices into `keys`, both included. */
      readonly first: number;
      readonly last: number;
      readonly x: number;
      /** Right end. */
      readonly endX: number;
    };

/** Diamonds closer than this overlap. */
const NEAR = 19;
/** The width that a group reaches before the next one begins. */
const GROUP_WIDTH = 34;

/**
 * The marks of all keyframes that are visible, from left to right. However many keyframes there are, they are at most
 * one for each `NEAR` pixels.
 *
 * @param keys by frame
 */
export function marksOf(keys: readonly TimelineKey[], axis: Axis): readonly Mark[] {
  const marks: Mark[] = [];
  let first = firstVisible(keys, axis);
  while (first < keys.length && xOf(axis, keys[first]!.frame) < axis.width + NEAR) {
    let last = first;
    const x = xOf(axis, keys[first]!.frame);
    let endX = x;
    while (last + 1 < keys.length) {
      const next = xOf(axis, keys[last + 1]!.frame);
      if (next - endX >= NEAR || next - x >= GROUP_WIDTH) break;
      endX = next;
      last++;
    }
    if (last === first) marks.push({ kind: 'key', key: first, x, holdX: xOf(axis, keys[first]!.holdEnd) });
    else marks.push({ kind: 'group', first, last, x, endX });
    first = last + 1;
  }
  return marks;
}

/** The first keyframe whose diamond or hold reaches into the visible part. */
function firstVisible(keys: readonly TimelineKey[], axis: Axis): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xOf(axis, keys[middle]!.holdEnd) < -NEAR) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `12`, `1.4k`: what fits into a group. */
export function countText(count: number): string {
  if (count < 1000) return `${count}`;
  return count < 10_000 ? `${(count / 1000).toFixed(1)}k` : `${Math.round(count / 1000)}k`;
}

/** The text, cut off to a width with `…`; empty if less than three characters of it fit. */
export function shorten(text: string, width: number, measure: (text: string) => number): string {
  if (measure(text) <= width) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (measure(`${text.slice(0, middle)}…`) <= width) low = middle;
    else high = middle - 1;
  }
  return low < 3 ? '' : `${text.slice(0, low).trimEnd()}…`;
}
