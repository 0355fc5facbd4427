import { largest, smallest } from '../../plan/extremes.ts';
import type { Clip, Frames } from './frames.ts';
import { type Label, labelOf } from './label.ts';

/** A clip of a sheet, with what tells it apart. */
export interface SheetCell {
  readonly label: string;
  readonly clip: Pick<Clip, 'width' | 'height' | 'count' | 'fps' | 'rgb'>;
}

const GROUND = [24, 24, 24] as const;
const INK = [230, 230, 230] as const;
/** Between cells, around them, and between the lines of a label. */
const GAP = 4;

/**
 * Several clips side by side, with a label above each, all playing from their beginning at the same speed as alone. A
 * clip that ends before the longest one keeps its last frame.
 *
 * @param cells at least one, in reading order
 * @param fps of the sheet
 */
export function sheetOf(cells: readonly SheetCell[], columns: number, fps: number): Frames {
  const cellWidth = largest(cells.map(({ clip }) => clip.width));
  const labels = cells.map(({ label }) => linesOf(label, cellWidth));
  const labelHeight = largest(labels.map((lines) => lines.reduce((sum, { height }) => sum + height + GAP, GAP)));
  const cellHeight = largest(cells.map(({ clip }) => clip.height)) + labelHeight;
  const across = Math.min(columns, cells.length);
  const width = GAP + across * (cellWidth + GAP);
  const height = GAP + Math.ceil(cells.length / across) * (cellHeight + GAP);
  const count = Math.max(largest(cells.map(({ clip }) => Math.round((clip.count / clip.fps) * fps))), 1);
  const placed = cells.map(({ clip }, i) => ({
    clip,
    lines: labels[i]!,
    left: GAP + (i % across) * (cellWidth + GAP),
    top: GAP + Math.floor(i / across) * (cellHeight + GAP),
  }));

  const background = new Uint8Array(width * height * 3);
  for (let i = 0; i < background.length; i++) background[i] = GROUND[i % 3]!;
  for (const { lines, left, top } of placed) {
    let offset = top + GAP;
    for (const line of lines) {
      for (let y = 0; y < line.height; y++) {
        for (let x = 0; x < line.width; x++) {
          if (line.isInk(x, y)) background.set(INK, ((offset + y) * width + left + x) * 3);
        }
      }
      offset += line.height + GAP;
    }
  }
  return {
    width,
    height,
    count,
    async rgb(index) {
      const sheet = background.slice();
      for (const { clip, left, top } of placed) {
        const rgb = await clip.rgb(Math.min(clip.count - 1, Math.floor((index / fps) * clip.fps)));
        for (let y = 0; y < clip.height; y++) {
          const row = rgb.subarray(y * clip.width * 3, (y + 1) * clip.width * 3);
          sheet.set(row, ((top + labelHeight + y) * width + left) * 3);
        }
      }
      return sheet;
    },
  };
}

/** A label in one line, or in several of the same size if it is too long: `seed 7, cfg_scale 5`. */
function linesOf(text: string, width: number): Label[] {
  const whole = labelOf(text, width);
  if (!whole.isCut) return [whole];
  const parts = text.split(', ');
  const zoom = smallest(parts.map((part) => labelOf(part, width).zoom));
  return parts.map((part) => labelOf(part, width, zoom));
}
