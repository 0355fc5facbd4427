import type { Palette } from '../../palette.ts';
import { leftOf, pixelsPerFrame, xOf } from '../axis.ts';
import type { TimelineScene } from '../scene.ts';
import { rulerTicks, tickLabels } from '../ticks.ts';
import { font } from './painter.ts';

/**
 * Draws the playhead with its frame, and the labels of the ruler.
 *
 * @param scale device pixels of a CSS pixel
 * @param dropAt where a dragged keyframe would be dropped; null: nothing is dragged
 */
export function drawPlayhead(
  context: CanvasRenderingContext2D,
  palette: Palette,
  scene: TimelineScene,
  scale: number,
  frame: number,
  dropAt: number | null,
): void {
  const { axis, layout, keys } = scene;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, axis.width, layout.height);
  const flags: { readonly left: number; readonly right: number }[] = [];
  const x = Math.round(xOf(axis, frame));
  if (x >= -1 && x <= axis.width + 1) {
    const film = layout.lanes.find(({ kind }) => kind === 'frames');
    if (film !== undefined && pixelsPerFrame(axis) >= 6) {
      context.strokeStyle = palette.accent;
      context.lineWidth = 2;
      const width = Math.max(2, pixelsPerFrame(axis) - 1);
      context.strokeRect(leftOf(axis, frame) + 0.5, film.top, width, film.height);
    }
    // On a keyframe, the line makes room for its number.
    const lane = keys.some((key) => key.frame === frame) ? layout.lanes.find(({ kind }) => kind === 'keys') : undefined;
    drawLine(context, palette.accent, x, 14, lane?.top ?? layout.height);
    if (lane !== undefined) drawLine(context, palette.accent, x, lane.top + lane.height, layout.height);
    flags.push(
      drawFlag(context, palette, axis.width, { text: `${frame}`, x, colour: palette.accent, ground: palette.onAccent }),
    );
  }
  if (dropAt !== null) {
    const to = Math.round(xOf(axis, dropAt));
    context.setLineDash([3, 3]);
    drawLine(context, palette.foreground, to, 14, layout.height);
    context.setLineDash([]);
    flags.push(
      drawFlag(context, palette, axis.width, {
        text: `${dropAt}`,
        x: to,
        colour: palette.foreground,
        ground: palette.surface,
      }),
    );
  }
  drawLabels(context, palette, scene, flags);
}

function drawLine(context: CanvasRenderingContext2D, colour: string, x: number, top: number, bottom: number): void {
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x + 0.5, top);
  context.lineTo(x + 0.5, bottom);
  context.stroke();
}

interface Flag {
  readonly text: string;
  readonly x: number;
  readonly colour: string;
  /** Colour of the text. */
  readonly ground: string;
}

/** The labels of the ruler, except those that a flag would cover in part. */
function drawLabels(
  context: CanvasRenderingContext2D,
  palette: Palette,
  { axis, timeline }: TimelineScene,
  flags: readonly { readonly left: number; readonly right: number }[],
): void {
  context.font = font(palette, 10);
  context.textBaseline = 'alphabetic';
  const measure = (text: string) => context.measureText(text).width;
  const ticks = rulerTicks(axis, timeline.frames, timeline.fps, measure);
  for (const { left, right, frame, time } of tickLabels(ticks, axis.width, measure)) {
    if (flags.some((flag) => left < flag.right + 3 && right > flag.left - 3)) continue;
    context.fillStyle = palette.foreground;
    context.fillText(frame, left, 11);
    context.fillStyle = palette.dim;
    if (time !== null) context.fillText(time.text, time.left, 11);
  }
}

/** A frame's number on the ruler. @returns the space that it takes */
function drawFlag(
  context: CanvasRenderingContext2D,
  palette: Palette,
  limit: number,
  { text, x, colour, ground }: Flag,
): { readonly left: number; readonly right: number } {
  context.font = font(palette, 10, 'bold');
  const width = Math.max(18, context.measureText(text).width + 8);
  const left = Math.min(Math.max(x - width / 2, 0), limit - width);
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(left, 1, width, 14, 3);
  context.fill();
  context.fillStyle = ground;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, left + width / 2, 8.5);
  context.textAlign = 'start';
  return { left, right: left + width };
}
