import type { GraphBuilder, Value } from './builder.ts';

export const unary = (graph: GraphBuilder, type: 'Relu' | 'Sigmoid' | 'Log' | 'Tanh', x: Value): Value =>
  graph.op(type, [x], x.dims);

/** @param b of the same shape, or one that is repeated to it, such as `[1, channels, 1, 1]`; so for `multiply` */
export const add = (graph: GraphBuilder, a: Value, b: Value): Value => graph.op('Add', [a, b], a.dims);

export const multiply = (graph: GraphBuilder, a: Value, b: Value): Value => graph.op('Mul', [a, b], a.dims);

export const transpose = (graph: GraphBuilder, x: Value, perm: readonly number[]): Value =>
  graph.op(
    'Transpose',
    [x],
    perm.map((axis) => x.dims[axis]!),
    { attributes: { perm } },
  );

/**
 * The largest value or the mean around every second pixel of `[batch, channels, height, width]`; what is left of an odd row
 * or column is dropped.
 *
 * @param size of the square
 * @param pad pixels outside, which do not count
 */
export function pool(graph: GraphBuilder, type: 'MaxPool' | 'AveragePool', x: Value, size: number, pad = 0): Value {
  const [batch, channels, ...area] = x.dims as [number, number, number, number];
  const halved = area.map((length) => Math.floor((length + 2 * pad - size) / 2) + 1);
  return graph.op(type, [x], [batch, channels, ...halved], {
    attributes: { kernel_shape: [size, size], strides: [2, 2], pads: [pad, pad, pad, pad] },
  });
}

/** Bilinear resize of `[batch, channels, height, width]` with half-pixel centers, as PyTorch without `align_corners`. */
export function resizeLinear(graph: GraphBuilder, x: Value, height: number, width: number): Value {
  const dims = [x.dims[0]!, x.dims[1]!, height, width];
  return graph.op('Resize', [x, null, null, graph.indices(dims)], dims, {
    attributes: { mode: 'linear', coordinate_transformation_mode: 'half_pixel' },
  });
}
