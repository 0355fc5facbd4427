import type { Timeline, TimelineKey } from '../../protocol/timeline.ts';
import { type Axis, axisOf, type Span } from './axis.ts';
import { type Drag, draggedKeys } from './drag.ts';
import { type LaneLayout, type LaneOptions, layOutLanes } from './lanes.ts';
import { type Mark, marksOf } from './marks.ts';
import { packWindows, type StepWindow, type WindowRows } from './window-rows.ts';

/** The timeline as it is laid out: what is drawn, and what can be hit. */
export interface TimelineScene {
  readonly timeline: Timeline;
  readonly axis: Axis;
  readonly layout: LaneLayout;
  /** By frame. */
  readonly keys: readonly TimelineKey[];
  readonly marks: readonly Mark[];
  readonly windows: WindowRows;
}

export interface SceneOptions extends Omit<LaneOptions, 'windowRows'> {
  readonly span: Span;
  readonly width: number;
  readonly windows: readonly StepWindow[];
  readonly drag: Drag | null;
}

export function layOutTimeline(timeline: Timeline, options: SceneOptions): TimelineScene {
  const axis = axisOf(options.span, timeline.frames, options.width);
  const windows = packWindows(options.windows, timeline.frames);
  // A keyframe that is dragged past another one gets the number and the colour that it would have.
  const dragged = draggedKeys(timeline.keys, options.drag);
  const keys = options.drag === null ? dragged : dragged.toSorted((a, b) => a.frame - b.frame);
  return {
    timeline,
    axis,
    keys,
    windows,
    layout: layOutLanes(timeline, { ...options, windowRows: windows.rows }),
    marks: marksOf(keys, axis),
  };
}
