import type { GraphBuilder, Value } from './builder.ts';

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
/** Of one image: the CPU's kernel gives images to threads as they are only if there are as many tiles as filters. */
const LEAST_AREA = VALUES * SIDE * SIDE;
/** Of all images of a batch: the weights are transformed anew in each run. */
const LEAST_PIXELS = 2048;
/** Input times output channels: the transformed weights take 144 bytes for each. */
const LARGEST_LAYER = 1280 * 1280;

/** Pixels that are transformed at once, because transformed tiles take 2.25 times the memory of their pixels. */
const PIXELS_AT_ONCE = 128 * 128;

/** Whether a 3×3 convolution with stride 1 and padding 1 is faster so. @param input, weight their dimensions */
export function suitsWinograd(input: readonly number[], weight: readonly number[]): boolean {
  const [batch, channels, height, width] = input as [number, number, number, number];
  const filters = weight[0]!;
  const layer = channels * filters;
  return (
    height % SIDE === 0 &&
    width % SIDE === 0 &&
    height * width >= LEAST_AREA &&
    batch * height * width >= LEAST_PIXELS &&
    Math.min(channels, filters) >= LEAST_CHANNELS &&
    layer >= LEAST_LAYER &&
    layer <= LARGEST_LAYER
  );
}

/**
 * A 3×3 convolution with stride 1 and padding 1.
 *
 * @param x `[batch, channels, height, width]`, height and width multiples of 4
 * @param weight `[filters, channels, 3, 3]`, a prepared weight
 * @param bias `[filters]`, a prepared weight
 */
export function winograd(graph: GraphBuilder, x: Value, weight: Value, bias: Value | null): Value {
  const [batch, , height, width] = x.dims as [number, number, number, number];
  const filters = weight.dims[0]!;
  const kernels = transformedKernels(graph, weight);
  const images = Math.max(1, Math.floor(PIXELS_AT_ONCE / (height * width)));
  const rows = Math.max(SIDE, SIDE * Math.floor(PIXELS_AT_ONCE / width / SIDE));
  const parts: Value[] = [];
  for (let image = 0; image < batch; image += images) {
    const some = images >= batch ? x : graph.slice(x, 0, image, Math.min(batch, image + images));
    const bands: Value[] = [];
    for (let top = 0; top < height; top += rows)
      bands.push(band(graph, some, kernels, [top, Math.min(height, top + rows)]));
    parts.push(graph.concat(bands, 2));
  }
  const y = graph.concat(parts, 0);
  if (!bias) return y;
  const perFilter = graph.reshapeWeight(bias, [filters, 1, 1]);
  return graph.op('Add', [y, perFilter], y.dims);
}

/** The rows from `top` to before `bottom` of the result. */
function band(graph: GraphBuilder, x: Value, kernels: Value, [top, bottom]: readonly [number, number]): Value {
  const [batch, channels, height, width] = x.dims as [number, number, number, number];
  const filters = kernels.dims[1]!;
  const [first, last] = [Math.max(0, top - 1), Math.min(height, bottom + 1)];
  const read = first === 0 && last === height ? x : graph.slice(x, 2, first, last);
  const [down, across] = [(bottom - top) / SIDE, width / SIDE];
  const tiles = down * across;
  const channelImages = graph.reshape(read, [batch * channels, 1, last - first, width]);
  const transformed = graph.op(
    'Conv',
    [channelImages, graph.constant(FLAT_INPUT, [VALUES, 1, 6, 6])],
    [batch * channels, VALUES, down, across],
    {
      attributes: {
        kernel_shape: [6, 6],
        strides: [SIDE, SIDE],
        pads: [top === 0 ? 1 : 0, 1, bottom === height ? 1 : 0, 1],
      },
    },
  );
  const byValue = graph.op(
    'Transpose',
    [graph.reshape(transformed, [batch, channels, VALUES, tiles])],
    [batch, VALUES, channels, tiles],
    { attributes: { perm: [0, 2, 1, 3] } },
  );
  const products = graph.op('MatMul', [kernels, byValue], [batch, VALUES, filters, tiles]);
  const results = graph.op(
    'MatMul',
    [graph.constant(FLAT_OUTPUT, [SIDE * SIDE, VALUES]), graph.reshape(products, [batch, VALUES, filters * tiles])],
    [batch, SIDE * SIDE, filters * tiles],
  );
  const blocks = graph.reshape(results, [batch, SIDE * SIDE * filters, down, across]);
  return graph.op('DepthToSpace', [blocks], [batch, filters, bottom - top, width], {
    attributes: { blocksize: SIDE, mode: 'DCR' },
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
