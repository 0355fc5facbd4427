import { fromBinary } from '@bufbuild/protobuf';
import { GET_AGAIN } from '../../plan/get-again.ts';
import { BadModelError } from '../../weights/tensor.ts';
import {
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type SparseTensorProto,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProto_DataType,
} from '../graph/generated/onnx_pb.js';

/** Of protobuf. */
export const MOST_NETWORK_BYTES = 2 ** 31 - 1;

/** ONNX's own operators. */
const STANDARD: ReadonlySet<string> = new Set(['', 'ai.onnx']);

/** An input of a network. */
export interface NetworkInput {
  readonly name: string;
  /** null: any size. */
  readonly dims: readonly (number | null)[];
}

/**
 * Checks a network from the internet before ONNX Runtime gets it: all of it is in the file, and it has only ONNX's own operators,
 * or functions of them in the file itself.
 *
 * @param path for messages
 * @returns its inputs, in order
 * @throws BadModelError if it is not an ONNX file, or not one that can be used
 */
export function checkNetwork(bytes: Uint8Array, path: string): NetworkInput[] {
  const model = parse(bytes, path);
  const graph = model.graph;
  if (!graph || graph.node.length === 0) throw new BadModelError(`${path} is not an ONNX file. ${GET_AGAIN}`);
  const own = new Set(model.functions.map(({ domain }) => domain));
  const nodes = [...nodesOf(graph.node), ...model.functions.flatMap(({ node }) => [...nodesOf(node)])];
  const foreign = nodes.find(({ domain }) => !STANDARD.has(domain) && !own.has(domain));
  if (foreign) {
    throw new BadModelError(
      `${path} has the operator ${foreign.domain}.${foreign.opType}, which is not one of ONNX. Use the file as it is published.`,
    );
  }
  const graphs = [graph, ...nodes.flatMap(graphsOf)];
  const tensors = [...graphs.flatMap(tensorsOfGraph), ...nodes.flatMap(tensorsOfNode)];
  const outside = tensors.find(
    ({ dataLocation, externalData }) => dataLocation === TensorProto_DataLocation.EXTERNAL || externalData.length > 0,
  );
  if (outside) {
    throw new BadModelError(
      `${path} keeps its weights in another file (“${outside.name}”), which is not read. Use a file that contains them.`,
    );
  }
  const initialized = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.filter(({ name }) => !initialized.has(name));
  return inputs.map(({ name, type }) => {
    if (type?.value.case !== 'tensorType' || type.value.value.elemType !== TensorProto_DataType.FLOAT) {
      throw new BadModelError(`${path} has an input “${name}” that is not float32. Use the file in full precision.`);
    }
    const dims = type.value.value.shape?.dim ?? [];
    return {
      name,
      dims: dims.map(({ value }) => (value.case === 'dimValue' && value.value > 0n ? Number(value.value) : null)),
    };
  });
}

function parse(bytes: Uint8Array, path: string): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  } catch (error) {
    throw new BadModelError(`${path} is not an ONNX file, or it is damaged. ${GET_AGAIN}`, { cause: error });
  }
}

const graphsOf = ({ attribute }: NodeProto): GraphProto[] =>
  attribute.flatMap(({ g, graphs }) => [...(g ? [g] : []), ...graphs]);

/** With those of graphs in attributes, such as branches. */
function* nodesOf(nodes: readonly NodeProto[]): Generator<NodeProto> {
  for (const node of nodes) {
    yield node;
    for (const graph of graphsOf(node)) yield* nodesOf(graph.node);
  }
}

const sparseParts = ({ values, indices }: SparseTensorProto): TensorProto[] =>
  [values, indices].filter((tensor) => tensor !== undefined);

const tensorsOfGraph = ({ initializer, sparseInitializer }: GraphProto): TensorProto[] => [
  ...initializer,
  ...sparseInitializer.flatMap(sparseParts),
];

const tensorsOfNode = ({ attribute }: NodeProto): TensorProto[] =>
  attribute.flatMap(({ t, tensors, sparseTensor, sparseTensors }) => [
    ...(t ? [t] : []),
    ...tensors,
    ...[...(sparseTensor ? [sparseTensor] : []), ...sparseTensors].flatMap(sparseParts),
  ]);
