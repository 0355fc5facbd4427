import type { FreeU } from '../../../plan/plan.ts';
import type { Value } from '../../graph/builder.ts';
import type { Layers } from '../../graph/layers.ts';

/** The factors of the features that one decoder block gets: from the block before it, and from its skip connection. */
export interface FreeUStage {
  readonly backbone: number;
  readonly skip: number;
}

/**
 * The factors where features of a level go into the decoder. The two lowest levels of Stable Diffusion 1.5, of 1280
 * channels, have b1 and s1; the one above, of 640, has b2 and s2 (ChenyangSi/FreeU, sd-webui-freeu and ComfyUI choose by
 * these widths; diffusers has b2 and s2 in its whole second block, and none after it).
 *
 * @param level 0: full size
 */
export function freeUStage({ b1, b2, s1, s2 }: FreeU, level: number): FreeUStage | null {
  if (level >= 2) return { backbone: b1, skip: s1 };
  return level === 1 ? { backbone: b2, skip: s2 } : null;
}

/** x `[batch, channels, height, width]` with the first half of its channels times a factor. */
export function scaleBackbone(layers: Layers, x: Value, factor: number): Value {
  if (factor === 1) return x;
  const channels = x.dims[1]!;
  const half = Math.floor(channels / 2);
  const factors = Float32Array.from({ length: channels }, (_, channel) => (channel < half ? factor : 1));
  return layers.multiply(x, layers.graph.constant(factors, [channels, 1, 1]));
}

/**
 * x `[batch, channels, height, width]` with its lowest frequencies times a factor: FreeU's `fourier_filter` with a
 * threshold of 1. Of the centered spectrum, that scales rows and columns −1 and 0 and keeps the real part, so
 * y = x + (factor − 1)·B·Bᵀ·x ÷ (height·width), where the columns of B are the waves of these frequencies.
 */
export function filterSkip(layers: Layers, x: Value, factor: number): Value {
  if (factor === 1) return x;
  const [batch, channels, height, width] = x.dims as [number, number, number, number];
  const area = height * width;
  const waves = lowWaves(height, width);
  const rows = Float32Array.from(waves.flat());
  const columns = Float32Array.from({ length: rows.length }, (_, i) => {
    const [pixel, wave] = [Math.floor(i / waves.length), i % waves.length];
    return (waves[wave]![pixel]! * (factor - 1)) / area;
  });
  const { graph } = layers;
  const amounts = layers.product(
    layers.reshape(x, [batch, channels, area]),
    graph.constant(rows, [waves.length, area]),
  );
  const low = layers.product(amounts, graph.constant(columns, [area, waves.length]));
  return layers.add(x, layers.reshape(low, x.dims));
}

/** cos and sin of the angles of each frequency at each pixel, `[waves][height·width]`; the sine of frequency 0 is left out. */
function lowWaves(height: number, width: number): number[][] {
  // A single row or column has no frequency but 0.
  const [rows, columns] = [height, width].map((size) => (size === 1 ? [0] : [0, 1])) as [number[], number[]];
  const angles = (row: number, column: number) =>
    Array.from({ length: height * width }, (_, pixel) => {
      const [y, x] = [Math.floor(pixel / width), pixel % width];
      return 2 * Math.PI * ((row * y) / height + (column * x) / width);
    });
  return rows.flatMap((row) =>
    columns.flatMap((column) => {
      const at = angles(row, column);
      return row === 0 && column === 0 ? [at.map(Math.cos)] : [at.map(Math.cos), at.map(Math.sin)];
    }),
  );
}
