import { defectText } from '../../../plan/model.ts';
import type { EdgeNetworkName } from '../../../plan/network-annotators.ts';
import type { FileRef } from '../../../plan/plan.ts';
import { edgeNetworkDefect, isEdgeNetwork } from '../../../weights/edge-networks.ts';
import { openWeights } from '../../../weights/open.ts';
import { readFloats } from '../../../weights/read.ts';
import { BadModelError, type TensorEntry } from '../../../weights/tensor.ts';
import { GraphBuilder, type GraphModel, type Value } from '../../graph/builder.ts';
import { GraphWeights } from '../../graph/weights.ts';
import { NETWORK_THREADS } from '../../onnx/network-session.ts';
import { cpu, type FloatTensor } from '../../onnx/session.ts';
import { SessionCache } from '../../onnx/session-cache.ts';
import { unchangedState } from '../model-files.ts';
import { checkFiniteWeights } from '../usable.ts';
import { hed } from './hed.ts';
import { pidinet, pidinetKernels } from './pidinet.ts';
import { teed } from './teed.ts';

/** For messages. */
const NAMES: Readonly<Record<EdgeNetworkName, string>> = { hed: 'HED', pidinet: 'PiDiNet', teed: 'TEED' };

type Tensors = ReadonlyMap<string, TensorEntry>;
type Network = (graph: GraphBuilder, weights: GraphWeights, picture: Value) => Value;

/** Prepares a network: what can be computed once for all pictures. */
const NETWORKS: Readonly<Record<EdgeNetworkName, (tensors: Tensors) => Promise<Network>>> = {
  hed: async () => hed,
  teed: async () => teed,
  pidinet: async (tensors) => {
    const kernels = await pidinetKernels(async (name) => {
      const entry = tensors.get(name)!;
      return { values: await readFloats(entry), dims: entry.shape };
    });
    return (graph, weights, picture) => pidinet(graph, weights, picture, kernels);
  },
};

/**
 * A network that finds edges, with weights of PyTorch: its file is data, and the graph is built here. It runs on the CPU, with
 * as many threads as other networks of preprocessors.
 */
export class EdgeNetwork {
  readonly path: string;
  /** As of a file in the ONNX format. */
  readonly inputs = [{ name: 'picture', dims: [1, 3, null, null] }] as const;
  readonly #tensors: Tensors;
  readonly #network: Network;
  readonly #sessions = new SessionCache(cpu(NETWORK_THREADS), 1);

  private constructor(path: string, tensors: Tensors, network: Network) {
    this.path = path;
    this.#tensors = tensors;
    this.#network = network;
  }

  /**
   * @throws BadModelError if the file is another network, or is damaged; RenderError if it has changed since it was planned
   */
  static async open(name: EdgeNetworkName, file: FileRef): Promise<EdgeNetwork> {
    await unchangedState(file);
    const { path, tensors } = await openWeights(file.path);
    if (!isEdgeNetwork(name, tensors)) {
      throw new BadModelError(
        `${path} is not ${NAMES[name]}, although it has its name. Use the file as it is published.`,
      );
    }
    const defect = edgeNetworkDefect(name, tensors);
    if (defect) {
      throw new BadModelError(
        `${path} is damaged or of another version: ${defectText(defect)}. Use the file as it is published.`,
      );
    }
    await checkFiniteWeights(tensors.values());
    return new EdgeNetwork(path, tensors, await NETWORKS[name](tensors));
  }

  /**
   * Finds edges. Blocks the thread; calls must not overlap.
   *
   * @param picture `[1, 3, height, width]`, RGB from 0 to 255, multiples of 64 pixels
   * @returns one map, `[1, 1, height, width]`: above 0 where an edge is more likely than not
   */
  async run({ data, dims }: FloatTensor): Promise<FloatTensor[]> {
    const [, , height, width] = dims as [number, number, number, number];
    const edges = await this.#sessions.run([height, width], () => this.#graph(dims), { picture: { data, dims } });
    return [{ data: edges, dims: [1, 1, height, width] }];
  }

  #graph(dims: readonly number[]): GraphModel {
    const graph = new GraphBuilder();
    const picture = graph.input('picture', dims);
    graph.output('edges', this.#network(graph, new GraphWeights(graph, this.#tensors), picture));
    return graph.toModel();
  }

  async release(): Promise<void> {
    await this.#sessions.release();
  }
}
