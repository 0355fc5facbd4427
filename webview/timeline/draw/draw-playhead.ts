import type { Palette } from '../../palette.ts';
import { leftOf, pixelsPerFrame, xOf } from '../axis.ts';
import type { TimelineScene } from '../scene.ts';
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
  { axis, layout }: TimelineScene,
  scale: number,
  frame: number,
  dropAt: number | null,
): void {
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
    drawLine(context, palette.accent, x, layout.height);
    drawFlag(context, palette, `${frame}`, x, axis.width, palette.accent);
  }
  if (dropAt === null) return;
  const to = Math.round(xOf(axis, dropAt));
  context.setLineDash([3, 3]);
  drawLine(context, palette.foreground, to, layout.height);
  context.setLineDash([]);
  drawFlag(context, palette, `${dropAt}`, to, axis.width, palette.foreground);
}

function drawLine(context: CanvasRenderingContext2D, colour: string, x: number, height: number): void {
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x + 0.5, 14);
  context.lineTo(x + 0.5, height);
  context.stroke();
}

/** The frame's number on the ruler, over its label. */
function drawFlag(
  context: CanvasRenderingContext2D,
  palette: Palette,
  text: string,
  x: number,
  limit: number,
  colour: string,
): void {
  context.font = font(palette, 10, 'bold');
  const width = Math.max(18, context.measureText(text).width + 8);
  const left = Math.min(Math.max(x - width / 2, 0), limit - width);
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
