import { PIDINET_BLOCKS, PIDINET_DILATIONS } from '../../../weights/edge-networks.ts';
import type { GraphBuilder, Value } from '../../graph/builder.ts';
import { add, multiply, pool, resizeLinear, unary } from '../../graph/operations.ts';
import type { GraphWeights } from '../../graph/weights.ts';
import { convLayer, convolve } from './operations.ts';
import { type Difference, type Kernels, plainKernels } from './pixel-differences.ts';

/** Differences that the blocks of a stage see, from the last one backward; the first layer sees central ones (`carv4`). */
const DIFFERENCES: readonly Difference[] = ['none', 'radial', 'angular', 'central'];

const FIRST = 'init_block';

/** Names of its convolutions of pixel differences, and what they see. */
export const PIDINET_DIFFERENCES: ReadonlyMap<string, Difference> = new Map([
  [FIRST, 'central'],
  ...PIDINET_BLOCKS.flatMap((count, stage) =>
    Array.from({ length: count }, (_, block): [string, Difference] => [
      `${blockName(stage, block)}.conv1`,
      DIFFERENCES[count - 1 - block]!,
    ]),
  ),
]);

function blockName(stage: number, block: number): string {
  return `block${stage + 1}_${block + 1}`;
}

/**
 * PiDiNet (Su et al., "Pixel Difference Networks for Efficient Edge Detection", arXiv 2108.07009; sd-webui-controlnet,
 * `annotator/pidinet/model.py`): edges that four scales see, fused.
 *
 * @param picture `[1, 3, height, width]`, RGB from 0 to 255, multiples of 8 pixels
 * @param kernels of the convolutions of `PIDINET_DIFFERENCES`
 * @returns `[1, 1, height, width]`: above 0 where an edge is more likely than not
 */
export function pidinet(
  graph: GraphBuilder,
  weights: GraphWeights,
  picture: Value,
  kernels: ReadonlyMap<string, Kernels>,
): Value {
  const [, , height, width] = picture.dims as [number, number, number, number];
  const conv = (x: Value, name: string, options = {}) => convLayer(graph, weights, x, name, options);
  const differences = (x: Value, name: string, groups: number) => {
    const { values, dims } = kernels.get(name)!;
    return convolve(graph, x, graph.constant(values, dims), null, { pad: dims[2]! >> 1, groups });
  };
  /** One scale's map: what differently wide surroundings see, where it is worth attention. */
  const mapOf = (x: Value, i: number): Value => {
    const narrow = conv(unary(graph, 'Relu', x), `dilations.${i}.conv1`);
    const seen = PIDINET_DILATIONS.map((dilation, n) =>
      conv(narrow, `dilations.${i}.conv2_${n + 1}`, { pad: dilation, dilation }),
    ).reduce((sum, each) => add(graph, sum, each));
    const attention = conv(conv(unary(graph, 'Relu', seen), `attentions.${i}.conv1`), `attentions.${i}.conv2`, {
      pad: 1,
    });
    const map = conv(multiply(graph, seen, unary(graph, 'Sigmoid', attention)), `conv_reduces.${i}.conv`);
    return i === 0 ? map : resizeLinear(graph, map, height, width);
  };

  // It was trained with blue, green and red, from 0 to 1.
  const bgr = graph.op('Gather', [picture, graph.indices([2, 1, 0])], picture.dims, { attributes: { axis: 1 } });
  let x = differences(multiply(graph, bgr, graph.constant([1 / 255], [1])), FIRST, 1);
  const maps = PIDINET_BLOCKS.map((count, stage) => {
    for (let block = 0; block < count; block++) {
      const name = blockName(stage, block);
      const halves = stage > 0 && block === 0;
      if (halves) x = pool(graph, 'MaxPool', x, 2);
      const y = conv(unary(graph, 'Relu', differences(x, `${name}.conv1`, x.dims[1]!)), `${name}.conv2`);
      x = add(graph, y, halves ? conv(x, `${name}.shortcut`) : x);
    }
    return mapOf(x, stage);
  });
  return conv(graph.concat(maps, 1), 'classifier');
}

/** Its convolutions of pixel differences as plain ones, by name. @param read the values of a tensor of its file */
export async function pidinetKernels(read: (name: string) => Promise<Kernels>): Promise<ReadonlyMap<string, Kernels>> {
  const kernels = new Map<string, Kernels>();
  for (const [name, difference] of PIDINET_DIFFERENCES) {
    kernels.set(name, plainKernels(await read(`${name}.weight`), difference));
  }
  return kernels;
}
