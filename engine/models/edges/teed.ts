import type { GraphBuilder, Value } from '../../graph/builder.ts';
import { add, multiply, pool, unary } from '../../graph/operations.ts';
import type { GraphWeights } from '../../graph/weights.ts';
import { convLayer, doublingLayer, mean } from './operations.ts';

/** Maps that are fused. */
const SCALES = 3;

/**
 * TEED (Soria et al., "Tiny and Efficient Model for the Edge Detection Generalization", arXiv 2308.06468; xavysp/TEED
 * `ted.py`, as sd-webui-controlnet has it in `annotator/teed/`): the mean of the edges that three scales see and of their
 * fusion.
 *
 * @param picture `[1, 3, height, width]`, RGB from 0 to 255, multiples of 8 pixels
 * @returns `[1, 1, height, width]`: above 0 where an edge is more likely than not
 */
export function teed(graph: GraphBuilder, weights: GraphWeights, picture: Value): Value {
  const one = graph.constant([1], [1]);
  /** x · tanh(ln(1 + sigmoid(x))). */
  const smish = (x: Value): Value =>
    multiply(graph, x, unary(graph, 'Tanh', unary(graph, 'Log', add(graph, unary(graph, 'Sigmoid', x), one))));
  const conv = (x: Value, name: string, options = {}) => convLayer(graph, weights, x, name, options);

  const first = smish(conv(smish(conv(picture, 'block_1.conv1', { stride: 2, pad: 1 })), 'block_1.conv2', { pad: 1 }));
  const second = conv(smish(conv(first, 'block_2.conv1', { pad: 1 })), 'block_2.conv2', { pad: 1 });
  const halved = pool(graph, 'MaxPool', second, 3, 1);
  const joined = add(graph, halved, conv(first, 'side_1.conv', { stride: 2 }));
  // The first of both convolutions adds a border that the second one takes away.
  const dense = conv(
    smish(conv(smish(joined), 'dblock_3.denselayer1.conv1', { pad: 2 })),
    'dblock_3.denselayer1.conv2',
  );
  const third = multiply(graph, add(graph, dense, conv(halved, 'pre_dense_3.conv')), graph.constant([0.5], [1]));

  const doubled = (x: Value, block: string, layer: number, pad: number) =>
    doublingLayer(graph, weights, smish(conv(x, `${block}.features.${layer}`)), `${block}.features.${layer + 2}`, pad);
  const maps = [
    doubled(first, 'up_block_1', 0, 0),
    doubled(second, 'up_block_2', 0, 0),
    doubled(doubled(third, 'up_block_3', 0, 1), 'up_block_3', 3, 1),
  ];

  const inner = conv(smish(graph.concat(maps, 1)), 'block_cat.DWconv1', { pad: 1, groups: SCALES });
  const outer = conv(smish(inner), 'block_cat.DWconv2', { pad: 1, groups: inner.dims[1]! });
  const sum = graph.op('ReduceSum', [add(graph, outer, inner), graph.indices([1])], maps[0]!.dims);
  return mean(graph, [...maps, smish(sum)]);
}
