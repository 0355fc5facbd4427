import type { Timeline } from '../../protocol/timeline.ts';
import { type Axis, frameAt, xOf } from './axis.ts';
import type { LaneLayout } from './lanes.ts';
import type { Mark } from './marks.ts';

/** What is under the pointer. `key`: an index into `keys`. */
export type Hit =
  | { readonly kind: 'key'; readonly key: number }
  | { readonly kind: 'holdEnd'; readonly key: number }
  | { readonly kind: 'group'; readonly first: number; readonly last: number }
  | { readonly kind: 'problems'; readonly frame: number | null; readonly indices: readonly number[] }
  /** Somewhere in a lane. */
  | { readonly kind: 'lane'; readonly lane: string; readonly frame: number };

/** Half the width of what can be grabbed. */
const REACH = 10;

export interface HitScene {
  readonly timeline: Timeline;
  readonly layout: LaneLayout;
  readonly axis: Axis;
  readonly marks: readonly Mark[];
}

/** @returns null outside of all lanes */
export function hitTest({ timeline, layout, axis, marks }: HitScene, x: number, y: number): Hit | null {
  const lane = layout.lanes.find(({ top, height }) => y >= top && y < top + height + 4);
  if (lane === undefined) return null;
  if (lane.kind === 'keys') {
    const mark = markAt(marks, x);
    if (mark !== null) return mark;
  }
  const frame = frameAt(axis, x, timeline.frames);
  if (lane.kind === 'problems') {
    const found = problemsAt(timeline, axis, x);
    if (found !== null) return found;
  }
  return { kind: 'lane', lane: lane.id, frame };
}

function markAt(marks: readonly Mark[], x: number): Hit | null {
  // Diamonds win over the ends of holds: there is always a diamond to grab.
  let nearest: { readonly hit: Hit; readonly distance: number } | null = null;
  for (const mark of marks) {
    const distance = mark.kind === 'key' ? Math.abs(x - mark.x) : Math.max(mark.x - x, x - mark.endX, 0);
    if (distance > REACH || (nearest !== null && distance >= nearest.distance)) continue;
    nearest = {
      distance,
      hit: mark.kind === 'key' ? { kind: 'key', key: mark.key } : { kind: 'group', first: mark.first, last: mark.last },
    };
  }
  if (nearest !== null) return nearest.hit;
  const held = marks.find(
    (mark) => mark.kind === 'key' && mark.holdX > mark.x && Math.abs(x - holdHandle(mark.holdX)) <= REACH,
  );
  return held?.kind === 'key' ? { kind: 'holdEnd', key: held.key } : null;
}

/** Where the handle of a hold is drawn: at the end of its last frame. */
export const holdHandle = (holdX: number) => holdX;

/** Where the problems outside of the keyframes are drawn. */
export const SETTINGS_X = 8;

export function problemsAt(timeline: Timeline, axis: Axis, x: number): Hit | null {
  const near = timeline.problems
    .map(({ frame }, index) => ({ index, frame, x: frame === null ? SETTINGS_X : xOf(axis, frame) }))
    .filter((problem) => Math.abs(problem.x - x) <= REACH);
  if (near.length === 0) return null;
  return { kind: 'problems', frame: near[0]!.frame, indices: near.map(({ index }) => index) };
}
