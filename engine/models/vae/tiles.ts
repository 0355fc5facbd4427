import { VAE_FACTOR } from './vae-factor.ts';

/** Latents that neighboring tiles share, as a part of a tile's side: a quarter, as in diffusers' `enable_vae_tiling`. */
const OVERLAP = 4;

/** Channels of pixels. */
const CHANNELS = 3;

type Decode = (latents: Float32Array, height: number, width: number) => Promise<Float32Array>;

export interface TileOptions {
  /** Of the latents. */
  readonly height: number;
  readonly width: number;
  /** Side of a tile in latents. */
  readonly side: number;
  /** Called before each tile; throwing ends the work. */
  readonly onTile?: () => Promise<void>;
}

/**
 * Decode an image in overlapping tiles, which are blended: in an overlap, the weight of a tile falls linearly to its
 * edge, so that no edge is visible. Colors differ a little from those of the whole image, because the VAE normalizes
 * each tile by itself.
 *
 * @param latents `[channels, height, width]`, flat
 * @param decode of one tile, `[channels, h, w]` to `[3, 8h, 8w]`; all tiles have the same size
 * @returns pixels `[3, 8·height, 8·width]`
 */
export async function decodeInTiles(
  latents: Float32Array,
  { height, width, side, onTile = async () => undefined }: TileOptions,
  decode: Decode,
): Promise<Float32Array> {
  const [rows, columns] = [tilesAlong(height, side), tilesAlong(width, side)];
  const area = height * width * VAE_FACTOR ** 2;
  const sum = new Float32Array(CHANNELS * area);
  const weights = new Float32Array(area);
  for (const row of rows) {
    for (const column of columns) {
      await onTile();
      const part = cut(latents, { height, width }, row, column);
      addTile(sum, weights, await decode(part, row.length, column.length), { row, column, width });
    }
  }
  for (let channel = 0; channel < CHANNELS; channel++) {
    for (let i = 0; i < area; i++) sum[channel * area + i]! /= weights[i]!;
  }
  return sum;
}

/** A tile along one axis, in latents, and how many of them it shares with the tile before and after it. */
export interface TileSpan {
  readonly start: number;
  readonly length: number;
  readonly before: number;
  readonly after: number;
}

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
  latents: Float32Array,
  { height, width }: { readonly height: number; readonly width: number },
  row: TileSpan,
  column: TileSpan,
): Float32Array {
  const channels = latents.length / (height * width);
  const out = new Float32Array(channels * row.length * column.length);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < row.length; y++) {
      const from = (channel * height + row.start + y) * width + column.start;
      out.set(latents.subarray(from, from + column.length), (channel * row.length + y) * column.length);
    }
  }
  return out;
}

function addTile(
  sum: Float32Array,
  weights: Float32Array,
  pixels: Float32Array,
  { row, column, width }: { readonly row: TileSpan; readonly column: TileSpan; readonly width: number },
): void {
  const [across, down] = [weightsAlong(column), weightsAlong(row)];
  const area = weights.length;
  const tileArea = across.length * down.length;
  for (let y = 0; y < down.length; y++) {
    const place = (row.start * VAE_FACTOR + y) * width * VAE_FACTOR + column.start * VAE_FACTOR;
    for (let x = 0; x < across.length; x++) {
      const weight = down[y]! * across[x]!;
      weights[place + x]! += weight;
      for (let channel = 0; channel < CHANNELS; channel++) {
        sum[channel * area + place + x]! += weight * pixels[channel * tileArea + y * across.length + x]!;
      }
    }
  }
}

/** The weight of each pixel of a tile along one axis: 1, and in overlaps as far as the pixel is from the tile's edge. */
function weightsAlong({ length, before, after }: TileSpan): Float32Array {
  const pixels = length * VAE_FACTOR;
  const ramp = (distance: number, overlap: number) =>
    overlap === 0 ? 1 : Math.min(1, (distance + 0.5) / (overlap * VAE_FACTOR));
  return Float32Array.from({ length: pixels }, (_, i) => ramp(i, before) * ramp(pixels - 1 - i, after));
}
