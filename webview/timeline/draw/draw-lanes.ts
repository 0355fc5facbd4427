import type { Lane } from '../lanes.ts';
import { drawBlend } from './draw-blend.ts';
import { drawFilm, drawSources } from './draw-film.ts';
import { drawKeys, drawNegative } from './draw-keys.ts';
import { drawProblems, drawRuler, drawValue, drawWindows } from './draw-rows.ts';
import type { LanePainter } from './painter.ts';

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
    DRAW[lane.kind](painter, lane);
    // Its time and its problems are those of the text now.
    if (painter.stale && lane.kind !== 'ruler' && lane.kind !== 'problems') dim(painter, lane);
    context.restore();
  }
}

function dim({ context, palette, scene }: LanePainter, { top, height }: Lane): void {
  context.globalAlpha = 0.55;
  context.fillStyle = palette.surface;
  context.fillRect(0, top - 2, scene.axis.width, height + 4);
}

const DRAW: Readonly<Record<Lane['kind'], (painter: LanePainter, lane: Lane) => void>> = {
  ruler: drawRuler,
  frames: drawFilm,
  source: drawSources,
  keys: drawKeys,
  problems: drawProblems,
  prompts: drawBlend,
  negative: drawNegative,
  value: drawValue,
  windows: drawWindows,
};
