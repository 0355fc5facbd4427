import type { PositionMap } from '../settings/entries.ts';
import type { SettingSpan } from '../settings/read.ts';
import { frameOf, parseHold } from '../time/position.ts';
import type { ClipContext } from './context.ts';

/** A position of a setting that changes over time, with its frames, which can be outside the clip. */
export interface TimedPosition {
  readonly written: string;
  readonly frame: number;
  /** Last frame of its range; null if it is one frame. */
  readonly end: number | null;
}

/** In the order in which values count: of several at one frame, the last one. */
export function timedPositions(
  values: PositionMap['values'],
  { frames, settings: { fps } }: Pick<ClipContext, 'frames' | 'settings'>,
): TimedPosition[] {
  return Object.keys(values).map((written) => {
    const { from, through } = parseHold(written)!;
    return { written, frame: frameOf(from, { frames, fps }), end: through && frameOf(through, { frames, fps }) };
  });
}

/** Where a position is written in this file; undefined: an extended file or the command line sets it. */
export function placeOf(
  { spans, overridden }: Pick<ClipContext, 'spans' | 'overridden'>,
  path: string,
  { written }: TimedPosition,
): SettingSpan | undefined {
  return overridden.has(path.split('.')[0]!) ? undefined : spans.get(`${path}.${written}`);
}
