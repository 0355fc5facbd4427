import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { type DType, elementCount, isFp8, type TensorEntry } from '../../weights/tensor.ts';
import { ExternalData, type Placement } from './external-data.ts';
import {
  type AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  ModelProtoSchema,
  type NodeProtoSchema,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from './generated/onnx_pb.js';

const OPSET = 17n;
/** The first one with 8-bit floating point. */
const FP8_OPSET = 19n;
const CONTRIB_DOMAIN = 'com.microsoft';
const IR_VERSION = 9n;

const ELEMENT_TYPE: Record<DType, DataType> = {
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

/** A tensor in the graph: float32, except indices and weights that are not cast yet. */
export interface Value {
  readonly name: string;
  readonly dims: readonly number[];
}

/** An operator's attribute: integers as numbers, floats as `float(1e-5)`. */
export type Attribute = number | readonly number[] | string | { readonly float: number };
export const float = (value: number): Attribute => ({ float: value });

export interface OpOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** One of ONNX Runtime's own operators. */
  readonly contrib?: boolean;
}

/** A finished graph. */
export interface GraphModel {
  /** ONNX protobuf. */
  readonly bytes: Uint8Array;
  /** The folder that its weights' locations are relative to. */
  readonly weightsRoot: string;
}

export interface GraphOptions {
  /** Use ONNX Runtime's own attention operator; else attention is composed of basic operators. */
  readonly fusedAttention?: boolean;
  /**
   * Leaves the first axis of inputs, and of everything that depends on them, open. ONNX Runtime keeps a buffer while a
   * later value of the same known shape can use it, so most buffers of a UNet stay until its end; buffers of open
   * shapes are freed after use. Uses a third of the memory, without the optimizations that need known shapes.
   */
  readonly openBatch?: boolean;
  /** Compute large 3×3 convolutions by Winograd's algorithm, whose weights are transformed in each run. */
  readonly winograd?: boolean;
  /** Threads of the CPU that runs the graph; absent: another device runs it. The results do not depend on it. */
  readonly threads?: number;
}

/**
 * Writes an ONNX model whose weights stay in the user's files: initializers point at (file, offset, length) and are
 * cast to float32 where they are used.
 *
 * Invariant: the nodes that only prepare weights come before all others in the file. ONNX Runtime then runs each of
 * them right before its consumer, so only one prepared weight is in memory at a time.
 */
export class GraphBuilder {
  readonly fusedAttention: boolean;
  readonly threads: number | undefined;
  readonly winograd: boolean;
  readonly #openBatch: boolean;
  readonly #externalData = new ExternalData();
  readonly #preparation: MessageInitShape<typeof NodeProtoSchema>[] = [];
  readonly #nodes: MessageInitShape<typeof NodeProtoSchema>[] = [];
  readonly #initializers = new Map<string, MessageInitShape<typeof TensorProtoSchema>>();
  readonly #inputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = [];
  readonly #outputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = [];
  #opset = OPSET;
  #count = 0;

  constructor({ fusedAttention = true, openBatch = false, winograd = false, threads }: GraphOptions = {}) {
    this.fusedAttention = fusedAttention;
    this.threads = threads;
    this.winograd = winograd;
    this.#openBatch = openBatch;
  }

  /** A float32 input, as all inputs and outputs except token ids. */
  input(name: string, dims: readonly number[]): Value {
    this.#inputs.push(valueInfo(name, DataType.FLOAT, dims, this.#openBatch));
    return { name, dims };
  }

  /** An int64 input. */
  indexInput(name: string, dims: readonly number[]): Value {
    this.#inputs.push(valueInfo(name, DataType.INT64, dims, this.#openBatch));
    return { name, dims };
  }

  output(name: string, value: Value): void {
    this.#push(this.#nodes, 'Identity', [value], [name], {});
    this.#outputs.push(valueInfo(name, DataType.FLOAT, value.dims, this.#openBatch));
  }

  constant(values: Float32Array | readonly number[], dims: readonly number[]): Value {
    const data = Float32Array.from(values);
    return this.#inline(`f32_${this.#initializers.size}`, DataType.FLOAT, dims, new Uint8Array(data.buffer));
  }

  /** A list of integers, such as a shape; equal lists share one initializer. */
  indices(values: readonly number[]): Value {
    const data = BigInt64Array.from(values, BigInt);
    return this.#inline(`i64_${values.join('_')}`, DataType.INT64, [values.length], new Uint8Array(data.buffer));
  }

  /** A tensor of a model file in its own element type. @param dims its shape in the graph, with as many elements */
  stored(entry: TensorEntry, dims: readonly number[] = entry.shape): Value {
    const name = `${entry.file}:${entry.name}${dims === entry.shape ? '' : `:${dims.join('x')}`}`;
    if (isFp8(entry.dtype)) this.#opset = FP8_OPSET;
    if (!this.#initializers.has(name)) {
      const data = initializerData(this.#externalData.place(entry));
      this.#initializers.set(name, { name, dims: dims.map(BigInt), dataType: ELEMENT_TYPE[entry.dtype], ...data });
    }
    return { name, dims };
  }

  /** A tensor of a model file as float32. @param dims its shape in the graph, with as many elements */
  weight(entry: TensorEntry, dims: readonly number[] = entry.shape): Value {
    const stored = this.stored(entry, dims);
    return entry.dtype === 'F32' ? stored : this.prepare('Cast', [stored], dims, CAST_TO_FLOAT);
  }

  /** A node of the computation. @param dims of its output */
  op(type: string, inputs: readonly (Value | null)[], dims: readonly number[], options: OpOptions = {}): Value {
    return this.#add(this.#nodes, type, inputs, dims, options);
  }

  /** A node whose inputs are only weights. */
  prepare(type: string, inputs: readonly Value[], dims: readonly number[], options: OpOptions = {}): Value {
    return this.#add(this.#preparation, type, inputs, dims, options);
  }

  /** The same elements in another shape; nothing is copied. */
  reshape(value: Value, dims: readonly number[]): Value {
    const shape = this.#openBatch ? [-1, ...dims.slice(1)] : dims;
    return this.op('Reshape', [value, this.indices(shape)], dims);
  }

  /** A prepared weight in another shape, with as many elements. */
  reshapeWeight(value: Value, dims: readonly number[]): Value {
    return this.prepare('Reshape', [value, this.indices(dims)], dims);
  }

  /** From `start` to before `end` along an axis. */
  slice(value: Value, axis: number, start: number, end: number): Value {
    const bounds = [start, end, axis].map((index) => this.indices([index]));
    return this.op('Slice', [value, ...bounds], withSize(value.dims, axis, end - start));
  }

  /** One after the other along an axis; at least one. */
  concat(values: readonly Value[], axis: number): Value {
    const [first] = values as [Value, ...Value[]];
    if (values.length === 1) return first;
    const size = values.reduce((sum, { dims }) => sum + dims[axis]!, 0);
    return this.op('Concat', values, withSize(first.dims, axis, size), { attributes: { axis } });
  }

  /** Split into equal parts along the last axis. */
  halves(value: Value): [Value, Value] {
    const size = value.dims.at(-1)! / 2;
    const dims = [...value.dims.slice(0, -1), size];
    const names = [this.#name('Split'), this.#name('Split')] as const;
    this.#push(this.#nodes, 'Split', [value, this.indices([size, size])], names, { attributes: { axis: -1 } });
    return [
      { name: names[0], dims },
      { name: names[1], dims },
    ];
  }

  toModel(): GraphModel {
    const model = create(ModelProtoSchema, {
      irVersion: IR_VERSION,
      producerName: 'prompt-travel',
      opsetImport: [
        { domain: '', version: this.#opset },
        { domain: CONTRIB_DOMAIN, version: 1n },
      ],
      graph: {
        name: 'graph',
        node: [...this.#preparation, ...this.#nodes],
        initializer: [...this.#initializers.values()],
        input: this.#inputs,
        output: this.#outputs,
      },
    });
    return { bytes: toBinary(ModelProtoSchema, model), weightsRoot: this.#externalData.root };
  }

  #add(
    nodes: MessageInitShape<typeof NodeProtoSchema>[],
    type: string,
    inputs: readonly (Value | null)[],
    dims: readonly number[],
    options: OpOptions,
  ): Value {
    const name = this.#name(type);
    this.#push(nodes, type, inputs, [name], options);
    return { name, dims };
  }

  #push(
    nodes: MessageInitShape<typeof NodeProtoSchema>[],
    type: string,
    inputs: readonly (Value | null)[],
    outputs: readonly string[],
    { attributes = {}, contrib = false }: OpOptions,
  ): void {
    nodes.push({
      opType: type,
      name: `${type}_${nodes.length}_${outputs[0]}`,
      domain: contrib ? CONTRIB_DOMAIN : '',
      input: inputs.map((input) => input?.name ?? ''),
      output: [...outputs],
      attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
    });
  }

  #name(type: string): string {
    this.#count++;
    return `${type}_${this.#count}`;
  }

  #inline(name: string, dataType: DataType, dims: readonly number[], rawData: Uint8Array): Value {
    this.#initializers.set(name, { name, dims: dims.map(BigInt), dataType, rawData });
    return { name, dims };
  }
}

const withSize = (dims: readonly number[], axis: number, size: number) =>
  dims.map((old, i) => (i === axis ? size : old));

export const CAST_TO_FLOAT: OpOptions = { attributes: { to: DataType.FLOAT } };

function initializerData(placement: Placement) {
  if (placement instanceof Uint8Array) return { rawData: placement };
  const externalData = Object.entries(placement).map(([key, value]) => ({ key, value: String(value) }));
  return { dataLocation: DataLocation.EXTERNAL, externalData };
}

function valueInfo(
  name: string,
  elemType: DataType,
  dims: readonly number[],
  openBatch: boolean,
): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = dims.map((size, axis) =>
    openBatch && axis === 0 ? {} : { value: { case: 'dimValue' as const, value: BigInt(size) } },
  );
  return { name, type: { value: { case: 'tensorType', value: { elemType, shape: { dim } } } } };
}

function attribute(name: string, value: Attribute): MessageInitShape<typeof AttributeProtoSchema> {
  if (typeof value === 'number') return { name, type: AttributeType.INT, i: BigInt(value) };
  if (typeof value === 'string') return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: value.map(BigInt) };
}

/** Number of elements of a value. */
export const sizeOf = ({ dims }: Value): number => elementCount(dims);
