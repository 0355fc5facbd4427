import { type MixSource, mixAt } from '../../../protocol/timeline-mix.ts';
import { css, keyRgb, mixRgb, type Rgb } from '../../colour.ts';
import { coveringPart, type Picture } from '../../player/picture.ts';
import { type FilmSlot, filmSlots } from '../film.ts';
import type { Lane } from '../lanes.ts';
import type { LanePainter } from './painter.ts';

/** The film: what each frame looks like now. */
export function drawFilm(painter: LanePainter, lane: Lane): void {
  const { context, scene } = painter;
  for (const slot of filmSlots(scene.axis, scene.timeline.frames)) {
    const space = { x: slot.x + 0.5, y: lane.top, width: Math.max(1, slot.width - 1), height: lane.height };
    drawSlot(painter, slot, space);
    const look = painter.look(slot.frame);
    if (look === 'outdated') hatch(context, space, painter.palette.surface, painter.palette.warning);
    if (painter.running && look === 'decoded' && space.width >= 14) tick(painter, space);
  }
}

/** What frames start from, or what guides them. */
export function drawSources({ context, scene, source, palette }: LanePainter, lane: Lane): void {
  for (const slot of filmSlots(scene.axis, scene.timeline.frames)) {
    const space = { x: slot.x + 0.5, y: lane.top, width: Math.max(1, slot.width - 1), height: lane.height };
    context.fillStyle = palette.faint;
    context.fillRect(space.x, space.y, space.width, space.height);
    const picture = source(slot.frame);
    if (picture !== null) drawInside(context, picture, picture.width / picture.height, space);
  }
}

interface Space {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function drawSlot({ context, scene, thumbnail, palette }: LanePainter, slot: FilmSlot, space: Space): void {
  const picture = thumbnail(slot.frame);
  if (picture !== null) {
    context.fillStyle = palette.faint;
    context.fillRect(space.x, space.y, space.width, space.height);
    drawInside(context, picture, scene.timeline.width / scene.timeline.height, space);
    return;
  }
  const colour = storyColour(scene.timeline, slot.frame);
  context.fillStyle = palette.faint;
  context.fillRect(space.x, space.y, space.width, space.height);
  if (colour === null) return;
  context.fillStyle = css(colour, 0.32);
  context.fillRect(space.x, space.y, space.width, space.height);
}

/** The middle of a picture. A frame with more room than its picture needs shows all of it. @param shape width ÷ height */
function drawInside(context: CanvasRenderingContext2D, picture: Picture, shape: number, space: Space): void {
  const width = Math.min(space.width, space.height * shape);
  const target = { ...space, x: space.x + (space.width - width) / 2, width };
  const part = coveringPart(picture, target);
  context.imageSmoothingEnabled = true;
  context.drawImage(
    picture.image,
    ...([part.x, part.y, part.width, part.height] as const),
    ...([target.x, target.y, target.width, target.height] as const),
  );
}

/** The colours of a frame's keyframes, mixed as its prompts are; null without keyframes. */
export function storyColour(timeline: MixSource, frame: number): Rgb | null {
  const mix = mixAt(timeline, frame);
  return mix === null ? null : mixRgb(keyRgb(mix.from), keyRgb(mix.to), mix.from === mix.to ? 0 : mix.t);
}

/** The text of the frame has changed since. */
function hatch(context: CanvasRenderingContext2D, { x, y, width, height }: Space, dark: string, light: string): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.globalAlpha = 0.3;
  context.fillStyle = dark;
  context.fillRect(x, y, width, height);
  context.globalAlpha = 0.9;
  context.strokeStyle = light;
  context.lineWidth = 1.5;
  context.beginPath();
  // Lines continue from cell to cell.
  const offset = -(x % 9);
  for (let start = offset - height - 9; start < width + 9; start += 9) {
    context.moveTo(x + start, y + height);
    context.lineTo(x + start + height, y);
  }
  context.stroke();
  context.restore();
}

function tick({ context, palette }: LanePainter, { x, y, width, height }: Space): void {
  const cx = x + width - 8;
  const cy = y + height - 8;
  context.beginPath();
  context.arc(cx, cy, 6, 0, 2 * Math.PI);
  context.fillStyle = palette.surface;
  context.fill();
  context.beginPath();
  context.moveTo(cx - 3, cy);
  context.lineTo(cx - 0.8, cy + 2.4);
  context.lineTo(cx + 3, cy - 2.4);
  context.strokeStyle = palette.good;
  context.lineWidth = 1.6;
  context.stroke();
}
