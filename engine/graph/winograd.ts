import type { GraphBuilder, Value } from './builder.ts';
import { add, transpose } from './operations.ts';

/**
 * Winograd's F(4×4, 3×3) for convolutions with stride 1 (Lavin and Gray, "Fast Algorithms for Convolutional Neural
 * Networks", 2015): Y = Aᵀ[(G·g·Gᵀ) ⊙ (Bᵀ·d·B)]A for tiles d of 6×6 pixels, which overlap, and results Y of 4×4. It takes
 * 36 multiplications where the definition takes 144.
 */
const INPUT = [
  [4, 0, -5, 0, 1, 0],
  [0, -4, -4, 1, 1, 0],
  [0, 4, -4, -1, 1, 0],
  [0, -2, -1, 2, 1, 0],
  [0, 2, -1, -2, 1, 0],
  [0, 4, 0, -5, 0, 1],
] as const;
const KERNEL = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
] as const;
const OUTPUT = [
  [1, 1, 1, 1, 1, 0],
  [0, 1, -1, 2, -2, 0],
  [0, 1, 1, 4, 4, 0],
  [0, 1, -1, 8, -8, 1],
] as const;

/** The matrix that maps a flat x to M·x·Mᵀ, row by row. */
const kronecker = (matrix: readonly (readonly number[])[]) =>
  Float32Array.from(matrix.flatMap((left) => matrix.flatMap((right) => left.flatMap((a) => right.map((b) => a * b)))));
const FLAT_INPUT = kronecker(INPUT);
const FLAT_KERNEL = kronecker(KERNEL);
const FLAT_OUTPUT = kronecker(OUTPUT);

/** Of the result of a tile. */
const SIDE = 4;
/** Values of a transformed tile. */
const VALUES = 36;

/** Below, transforming tiles and weights costs more than it saves. */
const LEAST_CHANNELS = 64;
const LEAST_LAYER = 128 * 128;
/** Of all images of a batch: the weights are transformed anew in each run. */
const LEAST_PIXELS = 512;
/** Pixels times channels. */
const LEAST_VALUES = 320 * 512;
/** Input times output channels whose weights are transformed at once: transformed weights take 144 bytes for each. */
const LAYER_AT_ONCE = 1280 * 640;

/** Pixels of one image that are transformed at once, because transformed tiles take 2.25 times the memory of their pixels. */
const PIXELS_AT_ONCE = 128 * 128;
/** Pixels of small images that are transformed together. */
const PIXELS_TOGETHER = 64 * 64;

/** Whether a 3×3 convolution with stride 1 and padding 1 is faster so. @param input, weight their dimensions */
export function suitsWinograd(input: readonly number[], weight: readonly number[]): boolean {
  const [batch, channels, height, width] = input as [number, number, number, number];
  const filters = weight[0]!;
  const [pixels, least] = [batch * height * width, Math.min(channels, filters)];
  return (
    height % SIDE === 0 &&
    width % SIDE === 0 &&
    pixels >= LEAST_PIXELS &&
    least >= LEAST_CHANNELS &&
    pixels * least >= LEAST_VALUES &&
    channels * filters >= LEAST_LAYER
  );
}

/**
 * A 3×3 convolution with stride 1 and padding 1.
 *
 * @param x `[batch, channels, height, width]`, height and width multiples of 4
 * @param weight `[filters, channels, 3, 3]`, a prepared weight
 * @param bias `[filters]`, a prepared weight
 */
export function winograd(
  graph: GraphBuilder,
  x: Value,
  weight: Value,
  bias: Value | null,
  layerAtOnce = LAYER_AT_ONCE,
): Value {
  const [filters, channels] = weight.dims as [number, number];
  const count = Math.ceil((filters * channels) / layerAtOnce);
  const bounds = Array.from({ length: count + 1 }, (_, i) => Math.round((i * filters) / count));
  const some = bounds.slice(1).map((end, i) => {
    const kernels = count === 1 ? weight : graph.sliceWeight(weight, bounds[i]!, end);
    return ofImages(graph, x, transformedKernels(graph, kernels));
  });
  const y = graph.concat(some, 1);
  if (!bias) return y;
  const perFilter = graph.reshapeWeight(bias, [filters, 1, 1]);
  return add(graph, y, perFilter);
}

/** In parts that bound the memory. @param kernels transformed */
function ofImages(graph: GraphBuilder, x: Value, kernels: Value): Value {
  const [batch, , height, width] = x.dims as [number, number, number, number];
  const images = Math.max(1, Math.floor(PIXELS_TOGETHER / (height * width)));
  const rows = Math.max(SIDE, SIDE * Math.floor(PIXELS_AT_ONCE / width / SIDE));
  const parts: Value[] = [];
  for (let image = 0; image < batch; image += images) {
    const some = images >= batch ? x : graph.slice(x, 0, image, Math.min(batch, image + images));
    const bands: Value[] = [];
    for (let top = 0; top < height; top += rows)
      bands.push(band(graph, some, kernels, [top, Math.min(height, top + rows)]));
    parts.push(graph.concat(bands, 2));
  }
  return graph.concat(parts, 0);
}

/** The rows from `top` to before `bottom` of the result; of several images, all rows. */
function band(graph: GraphBuilder, x: Value, kernels: Value, [top, bottom]: readonly [number, number]): Value {
  const [batch, , height, width] = x.dims as [number, number, number, number];
  const filters = kernels.dims[1]!;
  const [first, last] = [Math.max(0, top - 1), Math.min(height, bottom + 1)];
  const read = first === 0 && last === height ? x : graph.slice(x, 2, first, last);
  const transformed =
    batch === 1
      ? tilesOfImage(graph, read, [top === 0 ? 1 : 0, bottom === height ? 1 : 0])
      : tilesOfImages(graph, read);
  const [, , down, across] = transformed.dims as [number, number, number, number];
  const tiles = down * across;
  const byValue = transpose(graph, transformed, [1, 0, 2, 3]);
  const flat = graph.reshape(byValue, [VALUES, kernels.dims[2]!, tiles], 2);
  const products = graph.op('MatMul', [kernels, flat], [VALUES, filters, tiles]);
  const results = graph.op(
    'MatMul',
    [graph.constant(FLAT_OUTPUT, [SIDE * SIDE, VALUES]), graph.reshape(products, [VALUES, filters * tiles], 1)],
    [SIDE * SIDE, filters * tiles],
  );
  const blocks = graph.reshape(results, [1, SIDE * SIDE * filters, down, across], 2);
  const strip = graph.op('DepthToSpace', [blocks], [1, filters, SIDE * down, width], {
    attributes: { blocksize: SIDE, mode: 'DCR' },
  });
  if (batch === 1) return strip;
  const apart = graph.reshape(strip, [filters, batch, height, width], 1);
  return transpose(graph, apart, [1, 0, 2, 3]);
}

/** The transformed tiles of one image, `[channels, 36, down, across]`. @param pads rows of zeros above and below */
function tilesOfImage(graph: GraphBuilder, x: Value, pads: readonly [number, number]): Value {
  const [, channels, height, width] = x.dims as [number, number, number, number];
  return transformTiles(graph, graph.reshape(x, [channels, 1, height, width], 1), pads);
}

/**
 * The same of a batch, image by image down: `[channels, 36, batch·down, across]`. The images of a channel are one strip, with
 * the zeros around each, so that small images are transformed together. Four rows are between two of them, as tiles
 * begin at every fourth row; the tiles there are dropped.
 */
function tilesOfImages(graph: GraphBuilder, x: Value): Value {
  const [batch, channels, height, width] = x.dims as [number, number, number, number];
  const turned = transpose(graph, x, [1, 0, 2, 3]);
  const padded = graph.op(
    'Pad',
    [turned, graph.indices([0, 0, 1, 0, 0, 0, SIDE - 1, 0])],
    [channels, batch, height + SIDE, width],
  );
  const strip = graph.reshape(padded, [channels, 1, batch * (height + SIDE), width], 2);
  const [down, across] = [height / SIDE, width / SIDE];
  const all = transformTiles(graph, strip, [0, 2]);
  const apart = graph.reshape(all, [channels, VALUES, batch, down + 1, across], 2);
  const kept = graph.slice(apart, 3, 0, down);
  return graph.reshape(kept, [channels, VALUES, batch * down, across], 2);
}

/** Bᵀ·d·B of the tiles d of `[channels, 1, height, width]`. */
function transformTiles(graph: GraphBuilder, x: Value, [above, below]: readonly [number, number]): Value {
  const [channels, , height, width] = x.dims as [number, number, number, number];
  const down = (height + above + below - 2) / SIDE;
  return graph.op('Conv', [x, graph.constant(FLAT_INPUT, [VALUES, 1, 6, 6])], [channels, VALUES, down, width / SIDE], {
    attributes: { kernel_shape: [6, 6], strides: [SIDE, SIDE], pads: [above, 1, below, 1] },
  });
}

/** G·g·Gᵀ of each kernel, `[36, filters, channels]`. */
function transformedKernels(graph: GraphBuilder, weight: Value): Value {
  const [filters, channels] = weight.dims as [number, number];
  const count = filters * channels;
  const flat = graph.reshapeWeight(weight, [count, 9]);
  const turned = graph.prepare('Transpose', [flat], [9, count], { attributes: { perm: [1, 0] } });
  const matrix = graph.constant(FLAT_KERNEL, [VALUES, 9]);
  const product = graph.prepare('MatMul', [matrix, turned], [VALUES, count]);
  return graph.reshapeWeight(product, [VALUES, filters, channels]);
}
