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
  const digits = [0, 1].find((count) => isWhole((labelled / fps) * 10 ** count)) ?? 2;
  const step = labelled % small === 0 ? small : labelled;
  const { first, last } = visibleFrames(axis, frames);
  const ticks: Tick[] = [];
  for (let frame = Math.ceil(first / step) * step; frame <= last; frame += step) {
    const label = frame % labelled === 0 ? { frame: `${frame}`, time: seconds(frame / fps, digits) } : null;
    ticks.push({ x: xOf(axis, frame), frame, label });
  }
  return ticks;
}

const isWhole = (value: number) => Math.abs(value - Math.round(value)) < 1e-6;

function stepFor(least: number): number {
  let power = 1;
  for (;;) {
    const step = STEPS.find((candidate) => candidate * power >= least);
    if (step !== undefined) return step * power;
    power *= 1000;
  }
}

/** `1.50 s`, `2:05.0`, `1:00:05` */
export function seconds(value: number, digits = 1): string {
  // Rounded first, so that 59.99 is not shown as 60.
  const rounded = Number(value.toFixed(digits));
  if (rounded < 60) return `${rounded.toFixed(digits)} s`;
  const two = (part: number, places = 0) => part.toFixed(places).padStart(places === 0 ? 2 : places + 3, '0');
  const minutes = Math.floor(rounded / 60);
  const rest = two(rounded - minutes * 60, digits);
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${rest}`;
}

/** A label of the ruler: the frame, and the time beside it where it has room. */
export interface TickLabel {
  readonly left: number;
  readonly right: number;
  readonly frame: string;
  /** Where it begins; null: no time. */
  readonly time: { readonly left: number; readonly text: string } | null;
}

/** @param measure width of a text in CSS pixels @returns labels that do not overlap, inside the width */
export function tickLabels(
  ticks: readonly Tick[],
  width: number,
  measure: (text: string) => number,
): readonly TickLabel[] {
  const labels: TickLabel[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const { x, label } of ticks) {
    if (label === null) continue;
    const frameWidth = measure(label.frame);
    const left = Math.max(1, Math.round(x - frameWidth / 2));
    if (left < end || left + frameWidth > width) continue;
    const timeLeft = left + frameWidth + 5;
    const timeRight = timeLeft + measure(label.time);
    const time = showsTime(width) && timeRight <= width ? { left: timeLeft, text: label.time } : null;
    const right = time === null ? left + frameWidth : timeRight;
    labels.push({ left, right, frame: label.frame, time });
    end = right + 6;
  }
  return labels;
}

const showsTime = (width: number) => width > 420;

/** The ticks of a timeline, with labels as far apart as the longest needs. */
export function rulerTicks(
  axis: Axis,
  frames: number,
  fps: number,
  measure: (text: string) => number,
): readonly Tick[] {
  const longest = showsTime(axis.width) ? `${frames} ${seconds(frames / fps, 1)}` : `${frames}`;
  return ticksOf(axis, frames, fps, measure(longest) + 32);
}
