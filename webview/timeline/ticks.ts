import { type Axis, pixelsPerFrame, visibleFrames, xOf } from './axis.ts';

export interface Tick {
  readonly x: number;
  readonly frame: number;
  /** `8`, and `1.0 s` beside it; null on a small tick. */
  readonly label: { readonly frame: string; readonly time: string } | null;
}

const STEPS = [1, 2, 4, 8, 10, 16, 20, 25, 50, 100, 200, 250, 500];

/** @param labelWidth the space of a label in CSS pixels: two labels are never closer */
export function ticksOf(axis: Axis, frames: number, fps: number, labelWidth: number): readonly Tick[] {
  const scale = pixelsPerFrame(axis);
  const labelled = stepFor(labelWidth / scale);
  const small = stepFor(8 / scale);
  const step = labelled % small === 0 ? small : labelled;
  const { first, last } = visibleFrames(axis, frames);
  const ticks: Tick[] = [];
  for (let frame = Math.ceil(first / step) * step; frame <= last; frame += step) {
    const label = frame % labelled === 0 ? { frame: `${frame}`, time: seconds(frame / fps) } : null;
    ticks.push({ x: xOf(axis, frame), frame, label });
  }
  return ticks;
}

function stepFor(least: number): number {
  let power = 1;
  for (;;) {
    const step = STEPS.find((candidate) => candidate * power >= least);
    if (step !== undefined) return step * power;
    power *= 1000;
  }
}

/** `1.50 s`, `2:05.0` */
export function seconds(value: number, digits = 1): string {
  if (value < 60) return `${value.toFixed(digits)} s`;
  const minutes = Math.floor(value / 60);
  return `${minutes}:${(value - minutes * 60).toFixed(digits).padStart(digits + 3, '0')}`;
}
