import type { TensorEntry } from '../../../weights/tensor.ts';
import { GraphBuilder, type GraphModel, type Value } from '../../graph/builder.ts';
import { Layers } from '../../graph/layers.ts';
import { unary } from '../../graph/operations.ts';
import { GraphWeights } from '../../graph/weights.ts';
import type { VaeGraph } from './graph.ts';

type Tensors = ReadonlyMap<string, TensorEntry>;
type Options = Omit<VaeGraph, 'normGroups'>;

/**
 * The decoder of TAESD (github.com/madebyollin/taesd, `Decoder`): its layers by their numbers, where 6, 11 and 16 double
 * the size. Input: `latents` `[batch, 4, height, width]`, scaled as the UNet's. Output: `pixels` `[batch, 3, 8·height,
 * 8·width]`, about −1…1, not clamped.
 *
 * @param tensors by part and number, `decoder.1.weight`
 */
export function taesdDecoderGraph(tensors: Tensors, { batch, height, width, ...options }: Options): GraphModel {
  const { graph, layers, taesd } = start(tensors, options, 'decoder');
  const latents = graph.input('latents', [batch, 4, height, width]);
  const clamped = taesd.scaled(unary(graph, 'Tanh', taesd.scaled(latents, 1 / 3)), 3);
  let x = taesd.relu(taesd.conv(clamped, 1));
  for (const [blocks, next] of [
    [[3, 4, 5], 7],
    [[8, 9, 10], 12],
    [[13, 14, 15], 17],
  ] as const) {
    for (const number of blocks) x = taesd.block(x, number);
    x = taesd.conv(layers.resize(x, 2 * x.dims[2]!, 2 * x.dims[3]!), next);
  }
  const unit = taesd.conv(taesd.block(x, 18), 19);
  // Its values are from 0 to 1.
  graph.output('pixels', taesd.shifted(taesd.scaled(unit, 2), -1));
  return graph.toModel();
}

/**
 * The encoder of TAESD (`Encoder`): its layers by their numbers, where 2, 6 and 10 halve the size. Input: `pixels`
 * `[batch, 3, height, width]` in −1…1. Output: `latents` `[batch, 4, height/8, width/8]`, scaled as the UNet's.
 *
 * @param tensors by part and number, `encoder.0.weight`
 */
export function taesdEncoderGraph(tensors: Tensors, { batch, height, width, ...options }: Options): GraphModel {
  const { graph, taesd } = start(tensors, options, 'encoder');
  const pixels = graph.input('pixels', [batch, 3, height, width]);
  // It takes values from 0 to 1.
  let x = taesd.block(taesd.conv(taesd.shifted(taesd.scaled(pixels, 0.5), 0.5), 0), 1);
  for (const [halving, blocks] of [
    [2, [3, 4, 5]],
    [6, [7, 8, 9]],
    [10, [11, 12, 13]],
  ] as const) {
    x = taesd.conv(x, halving, 2);
    for (const number of blocks) x = taesd.block(x, number);
  }
  graph.output('latents', taesd.conv(x, 14));
  return graph.toModel();
}

function start(tensors: Tensors, options: Omit<Options, 'batch' | 'height' | 'width'>, part: 'decoder' | 'encoder') {
  const graph = new GraphBuilder(options);
  const layers = new Layers(graph, new GraphWeights(graph, tensors));
  const conv = (x: Value, number: number, stride = 1) => layers.conv(x, `${part}.${number}`, { stride });
  const relu = (x: Value) => unary(graph, 'Relu', x);
  const scaled = (x: Value, factor: number) => layers.multiply(x, graph.constant([factor], [1]));
  const shifted = (x: Value, by: number) => layers.add(x, graph.constant([by], [1]));
  const block = (x: Value, number: number): Value => {
    const name = `${part}.${number}`;
    let y = relu(layers.conv(x, `${name}.conv.0`));
    y = relu(layers.conv(y, `${name}.conv.2`));
    y = layers.conv(y, `${name}.conv.4`);
    const skip = `${name}.skip`;
    return relu(layers.add(y, layers.weights.has(`${skip}.weight`) ? layers.conv(x, skip) : x));
  };
  return { graph, layers, taesd: { conv, relu, scaled, shifted, block } };
}
