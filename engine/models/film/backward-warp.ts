import type { GraphBuilder, Value } from '../../graph/builder.ts';
import { add, multiply, transpose } from '../../graph/operations.ts';

/**
 * Pixel (x, y) of the result is pixel (x + flow x, y + flow y) of the image, bilinear; beyond its edge, it is the nearest
 * pixel of the edge.
 *
 * @param image `[batch, channels, height, width]`
 * @param flow `[batch, 2, height, width]`, x and y in pixels
 */
export function backwardWarp(graph: GraphBuilder, image: Value, flow: Value): Value {
  const [, , height, width] = image.dims as [number, number, number, number];
  const moved = transpose(graph, flow, [0, 2, 3, 1]);
  const scaled = multiply(graph, moved, graph.constant([2 / width, 2 / height], [2]));
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
  const grid = add(graph, add(graph, scaled, row), column);
  return graph.op('GridSample', [image, grid], image.dims, {
    attributes: { mode: 'bilinear', padding_mode: 'border', align_corners: 0 },
  });
}
