import type { Timeline } from '../../protocol/timeline.ts';
import { type MixSource, mixAt } from '../../protocol/timeline-mix.ts';
import { type Axis, leftOf, pixelsPerFrame, visibleFrames, xOf } from './axis.ts';

/** The share of one keyframe over time, an area from 0 to 1. */
export interface Curve {
  readonly key: number;
  /** From left to right. `y`: 0 to 1. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** The share of both prompts in the frames of one column. */
export interface Column {
  readonly x: number;
  readonly width: number;
  readonly from: number;
  readonly to: number;
  readonly t: number;
  /** The column stands for so many frames that only its colour means something. */
  readonly dense: boolean;
}

/** More keyframes than these are drawn as columns. */
const MOST_CURVES = 150;

export type Blend =
  | { readonly kind: 'curves'; readonly curves: readonly Curve[] }
  | { readonly kind: 'columns'; readonly columns: readonly Column[] };

/** How the prompts of the visible frames blend. The work depends on the width, not on the length of the clip. */
export function blendOf(timeline: MixSource, axis: Axis): Blend {
  const { first, last } = visibleFrames(axis, timeline.frames);
  const step = Math.max(1, Math.ceil(1.5 / pixelsPerFrame(axis)));
  const seen = new Set<number>();
  for (let frame = first; frame <= last; frame += step) {
    const mix = mixAt(timeline, frame);
    if (mix !== null) seen.add(mix.from).add(mix.to);
    if (seen.size > MOST_CURVES) return { kind: 'columns', columns: columnsOf(timeline, axis) };
  }
  return { kind: 'curves', curves: curvesOf(timeline, axis, step) };
}

function columnsOf(timeline: MixSource, axis: Axis): readonly Column[] {
  const { first, last } = visibleFrames(axis, timeline.frames);
  const scale = pixelsPerFrame(axis);
  const step = Math.max(1, Math.ceil(2 / scale));
  const columns: Column[] = [];
  for (let frame = first; frame <= last; frame += step) {
    const mix = mixAt(timeline, Math.min(frame + (step >> 1), last));
    if (mix !== null) columns.push({ x: leftOf(axis, frame), width: scale * step, dense: step > 2, ...mix });
  }
  return columns;
}

/** A run of frames in which a keyframe has a share. */
interface Run {
  readonly key: number;
  readonly points: { x: number; y: number }[];
  lastFrame: number;
  lastShare: number;
}

function curvesOf(timeline: MixSource, axis: Axis, step: number): readonly Curve[] {
  const { first, last } = visibleFrames(axis, timeline.frames);
  const open = new Map<number, Run>();
  const curves: Curve[] = [];
  // One frame more on both sides, so that curves leave the visible part instead of ending in it.
  const start = Math.max(0, first - step);
  const end = Math.min(timeline.frames - 1, last + step);
  for (let frame = start; frame <= end; frame += step) {
    const mix = mixAt(timeline, frame);
    const shares = new Map<number, number>();
    if (mix !== null) {
      if (mix.from !== mix.to) shares.set(mix.from, 1 - mix.t);
      shares.set(mix.to, mix.from === mix.to ? 1 : mix.t);
    }
    for (const run of [...open.values()]) {
      if ((shares.get(run.key) ?? 0) > 0) continue;
      closeRun(run, frame, axis, isCut(timeline, shares, run.key));
      curves.push(run);
      open.delete(run.key);
    }
    for (const [key, share] of shares) {
      if (share <= 0) continue;
      let run = open.get(key);
      if (run === undefined) {
        run = { key, points: [], lastFrame: frame, lastShare: share };
        openRun(
          run,
          frame,
          axis,
          frame === start ? null : share === 1 && timeline.keys[key]?.transition === 'cut',
          step,
        );
        open.set(key, run);
      }
      run.points.push({ x: xOf(axis, frame), y: share });
      run.lastFrame = frame;
      run.lastShare = share;
    }
  }
  for (const run of open.values()) {
    const right = run.lastFrame >= timeline.frames - step ? leftOf(axis, timeline.frames) : xOf(axis, run.lastFrame);
    run.points.push({ x: right, y: run.lastShare }, { x: right, y: 0 });
    curves.push(run);
  }
  return curves.sort((a, b) => a.key - b.key);
}

/** @param cut null at the start of the clip */
function openRun(run: Run, frame: number, axis: Axis, cut: boolean | null, step: number): void {
  if (cut === null) run.points.push({ x: leftOf(axis, frame), y: 0 }, { x: leftOf(axis, frame), y: run.lastShare });
  else if (cut) run.points.push({ x: leftOf(axis, frame), y: 0 }, { x: leftOf(axis, frame), y: run.lastShare });
  else run.points.push({ x: xOf(axis, frame - step), y: 0 });
}

function closeRun(run: Run, frame: number, axis: Axis, cut: boolean): void {
  if (!cut) run.points.push({ x: xOf(axis, frame), y: 0 });
  else run.points.push({ x: leftOf(axis, frame), y: run.lastShare }, { x: leftOf(axis, frame), y: 0 });
}

/** Whether the keyframe that follows arrives at once. */
function isCut(timeline: Pick<Timeline, 'keys'>, shares: ReadonlyMap<number, number>, ended: number): boolean {
  return [...shares].some(([key, share]) => key !== ended && share === 1 && timeline.keys[key]?.transition === 'cut');
}
