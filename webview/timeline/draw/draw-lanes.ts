import type { Lane } from '../lanes.ts';
import { drawBlend } from './draw-blend.ts';
import { drawFilm } from './draw-film.ts';
import { drawKeys, drawNegative } from './draw-keys.ts';
import type { LanePainter } from './painter.ts';
import { drawProblems, drawRuler, drawValue, drawWindows } from './draw-rows.ts';

/** Draws everything except the playhead. @param scale device pixels of a CSS pixel */
export function drawLanes(painter: LanePainter, scale: number): void {
  const { context, scene } = painter;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, scene.axis.width, scene.layout.height);
  for (const lane of scene.layout.lanes) {
    context.save();
    context.beginPath();
    context.rect(0, lane.top - 2, scene.axis.width, lane.height + 4);
    context.clip();
    drawLane(painter, lane);
    context.restore();
  }
}

function drawLane(painter: LanePainter, lane: Lane): void {
  switch (lane.kind) {
    case 'ruler':
      return drawRuler(painter, lane);
    case 'frames':
      return drawFilm(painter, lane);
    case 'keys':
      return drawKeys(painter, lane);
    case 'problems':
      return drawProblems(painter, lane);
    case 'prompts':
      return drawBlend(painter, lane);
    case 'negative':
      return drawNegative(painter, lane);
    case 'value':
      return drawValue(painter, lane);
    case 'windows':
      return drawWindows(painter, lane);
  }
}
