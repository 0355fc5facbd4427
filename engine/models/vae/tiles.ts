import { VAE_FACTOR } from './vae-factor.ts';

/** Latents that neighboring tiles share, as a part of a tile's side: a quarter, as in diffusers' `enable_vae_tiling`. */
const OVERLAP = 4;

/** What the VAE makes of one tile. Height and width are those of its latents. */
type Work = (tile: Float32Array, height: number, width: number) => Promise<Float32Array>;

export interface TileOptions {
  /** Of the latents. */
  readonly height: number;
  readonly width: number;
  /** Side of a tile in latents. */
  readonly side: number;
  /** Called before each tile; throwing ends the work. */
  readonly onTile?: () => Promise<void>;
}

/** The side of a tile in latents. @param tile in pixels */
export const latentSide = (tile: number): number => Math.max(1, Math.floor(tile / VAE_FACTOR));

/**
 * Decode an image in overlapping tiles, which are blended: in an overlap, the weight of a tile falls linearly to its
 * edge, so that no edge is visible. Colors differ a little from those of the whole image, because the VAE normalizes
 * each tile by itself.
 *
 * @param latents `[channels, height, width]`, flat
 * @param decode of one tile, `[channels, h, w]` to `[3, 8h, 8w]`; all tiles have the same size
 * @returns pixels `[3, 8·height, 8·width]`
 */
export const decodeInTiles = (latents: Float32Array, options: TileOptions, decode: Work): Promise<Float32Array> =>
  inTiles(latents, options, { from: 1, to: VAE_FACTOR, channels: 3 }, decode);

/**
 * The same for encoding.
 *
 * @param pixels `[3, 8·height, 8·width]`, flat
 * @param encode of one tile, `[3, 8h, 8w]` to `[4, h, w]`; all tiles have the same size
 * @returns latents `[4, height, width]`
 */
export const encodeInTiles = (pixels: Float32Array, options: TileOptions, encode: Work): Promise<Float32Array> =>
  inTiles(pixels, options, { from: VAE_FACTOR, to: 1, channels: 4 }, encode);

/** Points for each latent along an axis, of what is given and of what is made; and the channels of what is made. */
interface Scale {
  readonly from: number;
  readonly to: number;
  readonly channels: number;
}

async function inTiles(
  values: Float32Array,
  { height, width, side, onTile = async () => undefined }: TileOptions,
  { from, to, channels }: Scale,
  work: Work,
): Promise<Float32Array> {
  const [rows, columns] = [tilesAlong(height, side), tilesAlong(width, side)];
  const area = height * width * to ** 2;
  const sum = new Float32Array(channels * area);
  const weights = new Float32Array(area);
  for (const row of rows) {
    for (const column of columns) {
      await onTile();
      const part = cut(values, { height: height * from, width: width * from }, scaled(row, from), scaled(column, from));
      const made = await work(part, row.length, column.length);
      addTile(sum, weights, made, { row: scaled(row, to), column: scaled(column, to), width: width * to });
    }
  }
  for (let channel = 0; channel < channels; channel++) {
    for (let i = 0; i < area; i++) sum[channel * area + i]! /= weights[i]!;
  }
  return sum;
}

/** A tile along one axis, and how many latents or pixels it shares with the tile before and after it. */
export interface TileSpan {
  readonly start: number;
  readonly length: number;
  readonly before: number;
  readonly after: number;
}

const scaled = ({ start, length, before, after }: TileSpan, by: number): TileSpan => ({
  start: start * by,
  length: length * by,
  before: before * by,
  after: after * by,
});

/** The tiles that cover an axis evenly, each sharing at least a quarter of its side with its neighbors. */
export function tilesAlong(length: number, side: number): readonly TileSpan[] {
  if (length <= side) return [{ start: 0, length, before: 0, after: 0 }];
  const overlap = Math.max(1, Math.floor(side / OVERLAP));
  const count = Math.ceil((length - overlap) / (side - overlap));
  const starts = Array.from({ length: count }, (_, i) => Math.round((i * (length - side)) / (count - 1)));
  return starts.map((start, i) => ({
    start,
    length: side,
    before: i === 0 ? 0 : starts[i - 1]! + side - start,
    after: i === count - 1 ? 0 : start + side - starts[i + 1]!,
  }));
}

function cut(
  values: Float32Array,
  { height, width }: { readonly height: number; readonly width: number },
  row: TileSpan,
  column: TileSpan,
): Float32Array {
  const channels = values.length / (height * width);
  const out = new Float32Array(channels * row.length * column.length);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < row.length; y++) {
      const from = (channel * height + row.start + y) * width + column.start;
      out.set(values.subarray(from, from + column.length), (channel * row.length + y) * column.length);
    }
  }
  return out;
}

function addTile(
  sum: Float32Array,
  weights: Float32Array,
  tile: Float32Array,
  { row, column, width }: { readonly row: TileSpan; readonly column: TileSpan; readonly width: number },
): void {
  const [across, down] = [weightsAlong(column), weightsAlong(row)];
  const area = weights.length;
  const tileArea = across.length * down.length;
  const channels = sum.length / area;
  for (let y = 0; y < down.length; y++) {
    const place = (row.start + y) * width + column.start;
    for (let x = 0; x < across.length; x++) {
      const weight = down[y]! * across[x]!;
      weights[place + x]! += weight;
      for (let channel = 0; channel < channels; channel++) {
        sum[channel * area + place + x]! += weight * tile[channel * tileArea + y * across.length + x]!;
      }
    }
  }
}

/** The weight of each point of a tile along one axis: 1, and in overlaps as far as the point is from the tile's edge. */
function weightsAlong({ length, before, after }: TileSpan): Float32Array {
  const ramp = (distance: number, overlap: number) => (overlap === 0 ? 1 : Math.min(1, (distance + 0.5) / overlap));
  return Float32Array.from({ length }, (_, i) => ramp(i, before) * ramp(length - 1 - i, after));
}
