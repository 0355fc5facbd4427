import { css, keyRgb, textOn } from '../../colour.ts';
import type { Palette } from '../../palette.ts';
import { shortText } from '../../short-text.ts';
import { leftOf, xOf } from '../axis.ts';
import { DIAMOND, keyLabels } from '../key-labels.ts';
import type { Lane } from '../lanes.ts';
import { countText, type Mark, shorten } from '../marks.ts';
import { font, type LanePainter } from './painter.ts';

/** Diamonds with their numbers, holds, prompts and transitions. */
export function drawKeys(painter: LanePainter, lane: Lane): void {
  const { context, scene, palette } = painter;
  const middle = lane.top + lane.height / 2;
  context.font = font(palette, 11);
  context.textBaseline = 'middle';
  for (const mark of scene.marks) {
    if (mark.kind === 'key' && mark.holdX > mark.x) drawHold(painter, mark, middle);
  }
  const measure = (text: string) => context.measureText(text).width;
  for (const { kind, left, text } of keyLabels(scene.keys, scene.marks, scene.axis.width, measure)) {
    context.fillStyle = kind === 'prompt' ? palette.foreground : palette.dim;
    context.fillText(text, left, middle + 0.5);
  }
  for (const mark of scene.marks) {
    if (mark.kind === 'group') drawGroup(painter, mark, middle);
    else drawDiamond(context, palette, mark.key, mark.x, middle, painter.active === mark.key);
  }
}

function drawDiamond(
  context: CanvasRenderingContext2D,
  palette: Palette,
  key: number,
  x: number,
  y: number,
  active: boolean,
): void {
  const colour = keyRgb(key);
  const radius = active ? DIAMOND + 1.5 : DIAMOND;
  context.beginPath();
  context.moveTo(x, y - radius);
  context.lineTo(x + radius, y);
  context.lineTo(x, y + radius);
  context.lineTo(x - radius, y);
  context.closePath();
  context.fillStyle = css(colour);
  context.fill();
  context.lineWidth = active ? 2 : 1;
  context.strokeStyle = active || palette.highContrast ? palette.foreground : palette.surface;
  context.stroke();
  const number = `${key + 1}`;
  if (number.length > 3) return;
  context.fillStyle = textOn(colour);
  context.font = font(palette, number.length === 1 ? 10 : number.length === 2 ? 9 : 7, 'bold');
  context.textAlign = 'center';
  context.fillText(number, x, y + 0.5);
  context.textAlign = 'start';
  context.font = font(palette, 11);
}

function drawHold(painter: LanePainter, mark: Extract<Mark, { kind: 'key' }>, middle: number): void {
  const { context, palette } = painter;
  const colour = keyRgb(mark.key);
  const y = middle + 8;
  context.fillStyle = css(colour, palette.highContrast ? 1 : 0.75);
  context.fillRect(mark.x, y, mark.holdX - mark.x, 3);
  context.fillStyle = css(colour);
  context.beginPath();
  context.roundRect(mark.holdX - 2.5, middle - 7, 5, 18, 2);
  context.fill();
  context.strokeStyle = palette.highContrast ? palette.foreground : palette.surface;
  context.lineWidth = 1;
  context.stroke();
}

/** Several keyframes: a pill with their number, in the colours of the first and the last one. */
function drawGroup(painter: LanePainter, mark: Extract<Mark, { kind: 'group' }>, middle: number): void {
  const { context, palette } = painter;
  const text = countText(mark.last - mark.first + 1);
  context.font = font(palette, 9, 'bold');
  const width = Math.max(mark.endX - mark.x - 1, context.measureText(text).width + 8, 18);
  const left = (mark.x + mark.endX) / 2 - width / 2;
  context.beginPath();
  context.roundRect(left, middle - 8, width, 16, 8);
  context.fillStyle = palette.faint;
  context.fill();
  context.lineWidth = 1.5;
  const gradient = context.createLinearGradient(left, 0, left + width, 0);
  gradient.addColorStop(0, css(keyRgb(mark.first)));
  gradient.addColorStop(1, css(keyRgb(mark.last)));
  context.strokeStyle = gradient;
  context.stroke();
  context.fillStyle = palette.foreground;
  context.textAlign = 'center';
  context.fillText(text, left + width / 2, middle + 0.5);
  context.textAlign = 'start';
  context.font = font(palette, 11);
}

/** The negative prompts of keyframes, each from its keyframe to the next one. */
export function drawNegative({ context, scene, palette }: LanePainter, lane: Lane): void {
  const { axis, keys } = scene;
  context.font = font(palette, 11);
  context.textBaseline = 'middle';
  const measure = (text: string) => context.measureText(text).width;
  for (const mark of scene.marks) {
    if (mark.kind === 'group') continue;
    const key = keys[mark.key]!;
    if (key.negative === '') continue;
    const next = keys[mark.key + 1];
    const right = next === undefined ? leftOf(axis, scene.timeline.frames) : xOf(axis, next.frame) - 3;
    const colour = keyRgb(mark.key);
    context.fillStyle = css(colour, 0.22);
    context.beginPath();
    context.roundRect(mark.x, lane.top, right - mark.x, lane.height, 3);
    context.fill();
    context.fillStyle = css(colour);
    context.fillRect(mark.x, lane.top, 3, lane.height);
    context.fillStyle = palette.foreground;
    context.fillText(
      shorten(shortText(key.negative), right - mark.x - 12, measure),
      mark.x + 8,
      lane.top + lane.height / 2 + 0.5,
    );
  }
}
