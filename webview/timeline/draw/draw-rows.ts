import { leftOf, pixelsPerFrame, visibleFrames, xOf } from '../axis.ts';
import { SETTINGS_X } from '../hit.ts';
import { type Lane, numberText, valueAt, valueRange } from '../lanes.ts';
import { rulerTicks } from '../ticks.ts';
import { font, type LanePainter } from './painter.ts';

/** The loop range and the ticks. Their labels are drawn with the playhead, which must not cover half of one. */
export function drawRuler({ context, scene, palette, range }: LanePainter, lane: Lane): void {
  const { axis, timeline } = scene;
  if (range !== null) {
    context.fillStyle = palette.faint;
    context.fillRect(0, lane.top, axis.width, lane.height);
    context.fillStyle = palette.accent;
    const left = leftOf(axis, range.first);
    const right = leftOf(axis, range.last + 1);
    context.globalAlpha = 0.3;
    context.fillRect(left, lane.top, right - left, lane.height);
    context.globalAlpha = 1;
    context.fillRect(left, lane.top, 2, lane.height);
    context.fillRect(right - 2, lane.top, 2, lane.height);
  }
  context.textBaseline = 'alphabetic';
  const bottom = lane.top + lane.height;
  context.font = font(palette, 10);
  const measure = (text: string) => context.measureText(text).width;
  const ticks = rulerTicks(axis, timeline.frames, timeline.fps, measure);
  for (const { x, label } of ticks) {
    const height = label === null ? 4 : 7;
    context.fillStyle = label === null ? palette.line : palette.dim;
    context.fillRect(Math.round(x), bottom - height, 1, height);
  }
}

/** A number over time, with its smallest and largest value where they are. */
export function drawValue({ context, scene, palette }: LanePainter, lane: Lane): void {
  if (lane.value === null) return;
  const { axis, timeline } = scene;
  const { low, high } = valueRange(lane.value);
  const yOf = (value: number) => lane.top + lane.height - 3 - ((value - low) / (high - low)) * (lane.height - 6);
  context.fillStyle = palette.faint;
  context.fillRect(0, lane.top, axis.width, lane.height);
  const { first, last } = visibleFrames(axis, timeline.frames);
  const step = Math.max(1, Math.floor(1 / pixelsPerFrame(axis)));
  context.beginPath();
  context.moveTo(leftOf(axis, Math.max(0, first)), yOf(valueAt(lane.value, first)));
  for (let frame = first; frame <= last; frame += step)
    context.lineTo(xOf(axis, frame), yOf(valueAt(lane.value, frame)));
  context.lineTo(leftOf(axis, last + 1), yOf(valueAt(lane.value, last)));
  context.strokeStyle = palette.value;
  context.lineWidth = 1.5;
  context.stroke();
  context.lineTo(leftOf(axis, last + 1), yOf(low));
  context.lineTo(leftOf(axis, first), yOf(low));
  context.closePath();
  context.globalAlpha = 0.16;
  context.fillStyle = palette.value;
  context.fill();
  context.globalAlpha = 1;
  if (lane.value.values.length < 2) return;
  context.font = font(palette, 9);
  context.fillStyle = palette.dim;
  context.textAlign = 'right';
  context.textBaseline = 'top';
  context.fillText(numberText(high), axis.width - 3, lane.top + 2);
  context.textBaseline = 'bottom';
  context.fillText(numberText(low), axis.width - 3, lane.top + lane.height - 1);
  context.textAlign = 'start';
}

const WINDOW_ROW = 9;

/** The context windows of a step: which frames are denoised together. */
export function drawWindows({ context, scene, palette }: LanePainter, lane: Lane): void {
  const { axis, windows } = scene;
  const scale = pixelsPerFrame(axis);
  for (const { row, frames, solid, window } of windows.parts) {
    const y = lane.top + row * WINDOW_ROW + 1;
    const left = leftOf(axis, frames[0]!);
    const right = leftOf(axis, frames.at(-1)! + 1);
    context.fillStyle = palette.accent;
    context.globalAlpha = palette.highContrast ? 1 : window % 2 === 0 ? 0.75 : 0.5;
    if (solid) {
      context.beginPath();
      context.roundRect(left + 1, y, Math.max(2, right - left - 2), WINDOW_ROW - 3, 3);
      context.fill();
      continue;
    }
    // With a stride, the window jumps over frames: a thin line joins those that it has.
    context.fillRect(left, y + (WINDOW_ROW - 3) / 2 - 0.5, right - left, 1);
    for (const frame of frames) {
      context.fillRect(leftOf(axis, frame) + 1, y, Math.max(2, scale - 2), WINDOW_ROW - 3);
    }
  }
  context.globalAlpha = 1;
}

export function drawProblems({ context, scene, palette }: LanePainter, lane: Lane): void {
  const { axis, timeline } = scene;
  const y = lane.top + lane.height / 2;
  const places = timeline.problems.map(({ severity, frame }) => ({
    severity,
    x: frame === null ? SETTINGS_X : xOf(axis, frame),
  }));
  // The worst ones are first in the list: they cover those beside them.
  for (const { severity, x } of worstAtPlaces(places, -8, axis.width + 8).toReversed()) {
    context.strokeStyle = palette.surface;
    context.lineWidth = 1;
    if (severity === 'error') {
      context.beginPath();
      context.arc(x, y, 6.5, 0, 2 * Math.PI);
      context.fillStyle = palette.error;
      context.fill();
      context.strokeStyle = palette.surface;
      context.lineWidth = 1.6;
      context.beginPath();
      context.moveTo(x - 2.5, y - 2.5);
      context.lineTo(x + 2.5, y + 2.5);
      context.moveTo(x + 2.5, y - 2.5);
      context.lineTo(x - 2.5, y + 2.5);
      context.stroke();
    } else if (severity === 'warning') {
      context.beginPath();
      context.moveTo(x, y - 6.5);
      context.lineTo(x + 7, y + 5.5);
      context.lineTo(x - 7, y + 5.5);
      context.closePath();
      context.fillStyle = palette.warning;
      context.fill();
      context.fillStyle = palette.surface;
      context.fillRect(x - 0.8, y - 2.5, 1.6, 4);
      context.fillRect(x - 0.8, y + 2.6, 1.6, 1.6);
    } else {
      context.beginPath();
      context.arc(x, y, 5.5, 0, 2 * Math.PI);
      context.fillStyle = palette.info;
      context.fill();
      context.fillStyle = palette.surface;
      context.fillRect(x - 0.8, y - 1, 1.6, 4);
      context.fillRect(x - 0.8, y - 3.4, 1.6, 1.6);
    }
  }
}

/** Of the problems at one place, the first; those outside of the lane are left out. */
export function worstAtPlaces<T extends { readonly x: number }>(problems: readonly T[], from: number, to: number): T[] {
  const taken = new Set<number>();
  return problems.filter(({ x }) => {
    const place = Math.round(x * 2);
    if (x < from || x > to || taken.has(place)) return false;
    taken.add(place);
    return true;
  });
}
