import { tilesAlong } from '../vae/tiles.ts';
import type { Between } from './gap.ts';
import type { Size } from './pictures.ts';

const CHANNELS = 3;

interface Span {
  readonly start: number;
  readonly length: number;
  readonly before: number;
  readonly after: number;
}

/**
 * A new picture in overlapping tiles, which are blended: in an overlap, the weight of a tile falls linearly to its edge.
 * What moves farther than the overlap of a quarter of a tile is not found again in it.
 *
 * @param first, second `[3, height, width]`
 * @param side of the tiles in pixels, at least 64
 * @param between of one tile, whose size it gets
 */
export async function betweenInTiles(
  first: Float32Array,
  second: Float32Array,
  time: number,
  { height, width }: Size,
  side: number,
  between: (size: Size) => Between,
): Promise<Float32Array> {
  const area = height * width;
  const sum = new Float32Array(CHANNELS * area);
  const weights = new Float32Array(area);
  for (const row of tilesAlong(height, side)) {
    for (const column of tilesAlong(width, side)) {
      const cut = (picture: Float32Array) => cutTile(picture, width, area, row, column);
      const tile = await between({ height: row.length, width: column.length })(cut(first), cut(second), time);
      const [down, across] = [weightsAlong(row), weightsAlong(column)];
      for (let y = 0; y < row.length; y++) {
        for (let x = 0; x < column.length; x++) {
          const weight = down[y]! * across[x]!;
          const place = (row.start + y) * width + column.start + x;
          weights[place]! += weight;
          for (let channel = 0; channel < CHANNELS; channel++) {
            sum[channel * area + place]! += weight * tile[(channel * row.length + y) * column.length + x]!;
          }
        }
      }
    }
  }
  return sum.map((value, i) => value / weights[i % area]!);
}

function cutTile(picture: Float32Array, width: number, area: number, row: Span, column: Span): Float32Array {
  const out = new Float32Array(CHANNELS * row.length * column.length);
  for (let channel = 0; channel < CHANNELS; channel++) {
    for (let y = 0; y < row.length; y++) {
      const from = channel * area + (row.start + y) * width + column.start;
      out.set(picture.subarray(from, from + column.length), (channel * row.length + y) * column.length);
    }
  }
  return out;
}

function weightsAlong({ length, before, after }: Span): Float32Array {
  const ramp = (distance: number, overlap: number) => (overlap === 0 ? 1 : Math.min(1, (distance + 0.5) / overlap));
  return Float32Array.from({ length }, (_, i) => ramp(i, before) * ramp(length - 1 - i, after));
}
