import { HED_LAYERS } from '../../../weights/edge-networks.ts';
import type { GraphBuilder, Value } from '../../graph/builder.ts';
import { pool, resizeLinear, unary } from '../../graph/operations.ts';
import type { GraphWeights } from '../../graph/weights.ts';
import { convLayer, mean } from './operations.ts';

/**
 * HED (Xie and Tu, "Holistically-Nested Edge Detection", arXiv 1504.06375) as lllyasviel trained it for ControlNet 1.1
 * (sd-webui-controlnet, `annotator/hed/__init__.py`): the mean of the edges that five scales see.
 *
 * @param picture `[1, 3, height, width]`, RGB from 0 to 255, multiples of 16 pixels
 * @returns `[1, 1, height, width]`: above 0 where an edge is more likely than not
 */
export function hed(graph: GraphBuilder, weights: GraphWeights, picture: Value): Value {
  const [, , height, width] = picture.dims as [number, number, number, number];
  let x = graph.op('Sub', [picture, weights.merged('norm')], picture.dims);
  const maps = HED_LAYERS.map((layers, i) => {
    const block = `block${i + 1}`;
    if (i > 0) x = pool(graph, 'MaxPool', x, 2);
    for (let layer = 0; layer < layers; layer++) {
      x = unary(graph, 'Relu', convLayer(graph, weights, x, `${block}.convs.${layer}`, { pad: 1 }));
    }
    const map = convLayer(graph, weights, x, `${block}.projection`);
    return i === 0 ? map : resizeLinear(graph, map, height, width);
  });
  return mean(graph, maps);
}
