import type { GraphBuilder, Value } from '../../graph/builder.ts';
import { add } from '../../graph/operations.ts';
import type { GraphWeights } from '../../graph/weights.ts';

interface ConvOptions {
  readonly stride?: number;
  /** Pixels of zeros on each side. */
  readonly pad?: number;
  /** Distance between the pixels that are read. */
  readonly dilation?: number;
  /** Parts of the channels that are convolved apart. */
  readonly groups?: number;
}

const [BATCH, HEIGHT, WIDTH] = [0, 2, 3];

/** A convolution of `[1, channels, height, width]`. @param weight `[out, in ÷ groups, kernel, kernel]` */
export function convolve(
  graph: GraphBuilder,
  x: Value,
  weight: Value,
  bias: Value | null,
  { stride = 1, pad = 0, dilation = 1, groups = 1 }: ConvOptions = {},
): Value {
  const [out, , kernel] = weight.dims as [number, number, number];
  const size = (axis: number) => Math.floor((x.dims[axis]! + 2 * pad - dilation * (kernel - 1) - 1) / stride) + 1;
  return graph.op('Conv', bias ? [x, weight, bias] : [x, weight], [x.dims[BATCH]!, out, size(HEIGHT), size(WIDTH)], {
    attributes: {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
      dilations: [dilation, dilation],
      group: groups,
    },
  });
}

/** The convolution of a layer, with its bias if it has one. */
export function convLayer(
  graph: GraphBuilder,
  weights: GraphWeights,
  x: Value,
  name: string,
  options: ConvOptions = {},
): Value {
  const bias = weights.has(`${name}.bias`) ? weights.merged(`${name}.bias`) : null;
  return convolve(graph, x, weights.merged(`${name}.weight`), bias, options);
}

/** PyTorch's `ConvTranspose2d` of a layer with a bias: twice as high and wide. Its kernel has `2 + 2 · pad` pixels. */
export function doublingLayer(graph: GraphBuilder, weights: GraphWeights, x: Value, name: string, pad: number): Value {
  const weight = weights.merged(`${name}.weight`);
  const [, out, kernel] = weight.dims as [number, number, number];
  const dims = [x.dims[BATCH]!, out, 2 * x.dims[HEIGHT]!, 2 * x.dims[WIDTH]!];
  return graph.op('ConvTranspose', [x, weight, weights.merged(`${name}.bias`)], dims, {
    attributes: { kernel_shape: [kernel, kernel], strides: [2, 2], pads: [pad, pad, pad, pad] },
  });
}

/** The mean of values of the same shape. */
export const mean = (graph: GraphBuilder, values: readonly Value[]): Value => {
  const sum = values.reduce((total, value) => add(graph, total, value));
  return graph.op('Div', [sum, graph.constant([values.length], [1])], sum.dims);
};
