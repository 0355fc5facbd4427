import type { MessageInitShape } from '@bufbuild/protobuf';
import type { DType } from '../../weights/tensor.ts';
import type { Placement } from './external-data.ts';
import {
  type AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  type NodeProtoSchema,
  type ValueInfoProtoSchema,
} from './generated/onnx_pb.js';

export type NodeMessage = MessageInitShape<typeof NodeProtoSchema>;
export type ValueMessage = MessageInitShape<typeof ValueInfoProtoSchema>;

/** ONNX's number of an element type. */
export const ELEMENT_TYPE: Record<DType, DataType> = {
  F64: DataType.DOUBLE,
  F32: DataType.FLOAT,
  F16: DataType.FLOAT16,
  BF16: DataType.BFLOAT16,
  I64: DataType.INT64,
  I32: DataType.INT32,
  I16: DataType.INT16,
  I8: DataType.INT8,
  U8: DataType.UINT8,
  BOOL: DataType.BOOL,
  F8_E4M3: DataType.FLOAT8E4M3FN,
  F8_E5M2: DataType.FLOAT8E5M2,
};

/** An operator's attribute: integers as numbers, floats as `float(1e-5)`. */
export type Attribute = number | readonly number[] | string | { readonly float: number };
export const float = (value: number): Attribute => ({ float: value });

export function initializerData(placement: Placement) {
  if (placement instanceof Uint8Array) return { rawData: placement };
  const externalData = Object.entries(placement).map(([key, value]) => ({ key, value: String(value) }));
  return { dataLocation: DataLocation.EXTERNAL, externalData };
}

export function valueInfo(name: string, elemType: DataType, dims: readonly number[], openBatch: boolean): ValueMessage {
  const dim = dims.map((size, axis) =>
    openBatch && axis === 0 ? {} : { value: { case: 'dimValue' as const, value: BigInt(size) } },
  );
  return { name, type: { value: { case: 'tensorType', value: { elemType, shape: { dim } } } } };
}

export function attribute(name: string, value: Attribute): MessageInitShape<typeof AttributeProtoSchema> {
  if (typeof value === 'number') return { name, type: AttributeType.INT, i: BigInt(value) };
  if (typeof value === 'string') return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: value.map(BigInt) };
}

/** Of an `If`: names of values. */
interface Branches {
  /** A constant, true. */
  readonly condition: string;
  /** What the first branch gives: an output of its nodes. */
  readonly result: string;
  /** What the second branch would give: a value of any shape. */
  readonly other: string;
  readonly output: string;
}

/** An `If` that always takes its first branch, whose nodes also get the values of the graph around it, by their names. */
export function alwaysIf(nodes: readonly NodeMessage[], { condition, result, other, output }: Branches): NodeMessage {
  const skipped = `${output}_else`;
  return {
    opType: 'If',
    name: output,
    input: [condition],
    output: [output],
    attribute: [
      branch('then_branch', nodes, result),
      branch('else_branch', [{ opType: 'Identity', name: skipped, input: [other], output: [skipped] }], skipped),
    ],
  };
}

const branch = (name: string, nodes: readonly NodeMessage[], result: string) => ({
  name,
  type: AttributeType.GRAPH,
  g: { name: `${name}_${result}`, node: [...nodes], output: [floatOfAnyShape(result)] },
});

const floatOfAnyShape = (name: string): ValueMessage => ({
  name,
  type: { value: { case: 'tensorType', value: { elemType: DataType.FLOAT } } },
});
