import type { Palette } from '../../palette.ts';
import { leftOf, pixelsPerFrame, xOf } from '../axis.ts';
import type { TimelineScene } from '../scene.ts';
import { rulerTicks, tickLabels } from '../ticks.ts';
import { font } from './painter.ts';

/**
 * Draws the playhead with its frame.
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
    drawFlag(context, palette, scene, `${frame}`, x, palette.accent);
  }
  if (dropAt === null) return;
  const to = Math.round(xOf(axis, dropAt));
  context.setLineDash([3, 3]);
  drawLine(context, palette.foreground, to, 14, layout.height);
  context.setLineDash([]);
  drawFlag(context, palette, scene, `${dropAt}`, to, palette.foreground);
}

function drawLine(context: CanvasRenderingContext2D, colour: string, x: number, top: number, bottom: number): void {
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x + 0.5, top);
  context.lineTo(x + 0.5, bottom);
  context.stroke();
}

/** The frame's number on the ruler, over its label. */
function drawFlag(
  context: CanvasRenderingContext2D,
  palette: Palette,
  { axis, timeline }: TimelineScene,
  text: string,
  x: number,
  colour: string,
): void {
  context.font = font(palette, 10);
  const measure = (label: string) => context.measureText(label).width;
  const labels = tickLabels(rulerTicks(axis, timeline.frames, timeline.fps, measure), axis.width, measure);
  context.font = font(palette, 10, 'bold');
  const width = Math.max(18, measure(text) + 8);
  const left = Math.min(Math.max(x - width / 2, 0), axis.width - width);
  // A label that the flag would cover in part is hidden as a whole.
  context.fillStyle = palette.surface;
  for (const label of labels) {
    if (label.left < left + width + 3 && label.right > left - 3) {
      context.fillRect(label.left - 1, 0, label.right - label.left + 2, 14);
    }
  }
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(left, 1, width, 14, 3);
  context.fill();
  context.fillStyle = palette.onAccent;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, left + width / 2, 8.5);
  context.textAlign = 'start';
}
