import type { TensorEntry } from '../../../weights/tensor.ts';
import { GraphBuilder, type GraphModel, type Value } from '../../graph/builder.ts';
import { Layers } from '../../graph/layers.ts';
import { GraphWeights } from '../../graph/weights.ts';
import type { VaeGraph } from './graph.ts';

/**
 * The decoder of TAESD (github.com/madebyollin/taesd, `Decoder`): its layers by their numbers, where 6, 11 and 16 double
 * the size. Input: `latents` `[batch, 4, height, width]`, scaled as the UNet's. Output: `pixels` `[batch, 3, 8·height,
 * 8·width]`, about −1…1, not clamped.
 *
 * @param tensors by number, `1.weight`
 */
export function taesdDecoderGraph(
  tensors: ReadonlyMap<string, TensorEntry>,
  { batch, height, width, ...options }: Omit<VaeGraph, 'normGroups'>,
): GraphModel {
  const graph = new GraphBuilder(options);
  const layers = new Layers(graph, new GraphWeights(graph, tensors));
  const relu = (x: Value) => graph.op('Relu', [x], x.dims);
  const scaled = (x: Value, factor: number) => layers.multiply(x, graph.constant([factor], [1]));
  const block = (x: Value, name: string): Value => {
    let y = relu(layers.conv(x, `${name}.conv.0`));
    y = relu(layers.conv(y, `${name}.conv.2`));
    y = layers.conv(y, `${name}.conv.4`);
    const skip = `${name}.skip`;
    return relu(layers.add(y, layers.weights.has(`${skip}.weight`) ? layers.conv(x, skip) : x));
  };

  const latents = graph.input('latents', [batch, 4, height, width]);
  const clamped = scaled(graph.op('Tanh', [scaled(latents, 1 / 3)], latents.dims), 3);
  let x = relu(layers.conv(clamped, '1'));
  for (const [doubling, blocks] of [
    [6, [3, 4, 5]],
    [11, [8, 9, 10]],
    [16, [13, 14, 15]],
  ] as const) {
    for (const number of blocks) x = block(x, String(number));
    x = layers.conv(layers.resize(x, 2 * x.dims[2]!, 2 * x.dims[3]!), String(doubling + 1));
  }
  const unit = layers.conv(block(x, '18'), '19');
  // Its values are from 0 to 1.
  graph.output('pixels', layers.add(scaled(unit, 2), graph.constant([-1], [1])));
  return graph.toModel();
}
