import type { GraphBuilder, Value } from '../../graph/builder.ts';

/** The mean of each 2×2 pixels of `[batch, channels, height, width]`; an odd last row or column is dropped. */
export function averagePool(graph: GraphBuilder, x: Value): Value {
  const [batch, channels, height, width] = x.dims as [number, number, number, number];
  return graph.op('AveragePool', [x], [batch, channels, Math.floor(height / 2), Math.floor(width / 2)], {
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  });
}

/** Bilinear resize of `[batch, channels, height, width]` with half-pixel centers, as PyTorch without `align_corners`. */
export function resizeLinear(graph: GraphBuilder, x: Value, height: number, width: number): Value {
  const dims = [x.dims[0]!, x.dims[1]!, height, width];
  return graph.op('Resize', [x, null, null, graph.indices(dims)], dims, {
    attributes: { mode: 'linear', coordinate_transformation_mode: 'half_pixel' },
  });
}

/**
 * Pixel (x, y) of the result is pixel (x + flow x, y + flow y) of the image, bilinear; beyond its edge, it is the nearest
 * pixel of the edge.
 *
 * @param image `[batch, channels, height, width]`
 * @param flow `[batch, 2, height, width]`, x and y in pixels
 */
export function backwardWarp(graph: GraphBuilder, image: Value, flow: Value): Value {
  const [batch, , height, width] = image.dims as [number, number, number, number];
  const last = [batch, height, width, 2];
  const moved = graph.op('Transpose', [flow], last, { attributes: { perm: [0, 2, 3, 1] } });
  const scaled = graph.op('Mul', [moved, graph.constant([2 / width, 2 / height], [2])], last);
  // The grid is a sum of a row and a column, so that no constant is as large as the image.
  const row = graph.constant(Array.from({ length: width }, (_, x) => [(2 * x + 1) / width - 1, 0]).flat(), [
    1,
    1,
    width,
    2,
  ]);
  const column = graph.constant(Array.from({ length: height }, (_, y) => [0, (2 * y + 1) / height - 1]).flat(), [
    1,
    height,
    1,
    2,
  ]);
  const grid = graph.op('Add', [graph.op('Add', [scaled, row], last), column], last);
  return graph.op('GridSample', [image, grid], image.dims, {
    attributes: { mode: 'bilinear', padding_mode: 'border', align_corners: 0 },
  });
}
