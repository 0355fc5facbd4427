import { css, keyRgb, mixRgb } from '../../colour.ts';
import { type Blend, blendOf, type Curve } from '../curves.ts';
import type { Lane } from '../lanes.ts';
import { font, type LanePainter } from './painter.ts';

/** The share of each prompt over time. */
export function drawBlend(painter: LanePainter, lane: Lane): void {
  const { context, scene, palette } = painter;
  const blend: Blend = blendOf(scene.timeline, scene.axis);
  const bottom = lane.top + lane.height;
  context.fillStyle = palette.faint;
  context.fillRect(0, lane.top, scene.axis.width, lane.height);
  if (blend.kind === 'columns') {
    for (const { x, width, from, to, t, dense } of blend.columns) {
      if (dense) {
        context.fillStyle = css(mixRgb(keyRgb(from), keyRgb(to), t), 0.55);
        context.fillRect(x, lane.top, width, lane.height);
        continue;
      }
      const height = lane.height * t;
      context.fillStyle = css(keyRgb(from));
      context.fillRect(x, lane.top, width + 0.5, lane.height - height);
      context.fillStyle = css(keyRgb(to));
      context.fillRect(x, bottom - height, width + 0.5, height);
    }
    return;
  }
  for (const curve of blend.curves) drawCurve(painter, curve, lane);
  for (const curve of blend.curves) drawNumber(painter, curve, lane);
  context.fillStyle = palette.line;
  context.fillRect(0, bottom - 1, scene.axis.width, 1);
}

function drawCurve({ context, palette }: LanePainter, { key, points }: Curve, lane: Lane): void {
  const yOf = (share: number) => lane.top + lane.height - share * (lane.height - 3);
  const colour = keyRgb(key);
  context.beginPath();
  context.moveTo(points[0]!.x, yOf(0));
  for (const { x, y } of points) context.lineTo(x, yOf(y));
  context.lineTo(points.at(-1)!.x, yOf(0));
  context.closePath();
  context.fillStyle = css(colour, palette.highContrast ? 0.35 : 0.3);
  context.fill();
  context.beginPath();
  for (const [i, { x, y }] of points.entries()) {
    if (i === 0) context.moveTo(x, yOf(y));
    else context.lineTo(x, yOf(y));
  }
  context.strokeStyle = css(colour);
  context.lineWidth = 1.5;
  context.lineJoin = 'round';
  context.stroke();
}

/** The number of the keyframe at the top of its area, because colours alone do not say enough. */
function drawNumber({ context, palette, scene }: LanePainter, { key, points }: Curve, lane: Lane): void {
  const high = points.filter(({ y, x }) => y > 0.9 && x >= 0 && x <= scene.axis.width);
  if (high.length === 0) return;
  const left = points[0]!.x;
  const right = points.at(-1)!.x;
  if (right - left < 22) return;
  const center = (high[0]!.x + high.at(-1)!.x) / 2;
  const x = Math.min(Math.max(center, 8), scene.axis.width - 8);
  context.font = font(palette, 10, 'bold');
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = palette.foreground;
  context.fillText(`${key + 1}`, x, lane.top + lane.height * 0.55);
  context.textAlign = 'start';
}
