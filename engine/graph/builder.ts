import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { elementCount, isFp8, type TensorEntry } from '../../weights/tensor.ts';
import { ExternalData } from './external-data.ts';
import { TensorProto_DataType as DataType, ModelProtoSchema, type TensorProtoSchema } from './generated/onnx_pb.js';
import {
  type Attribute,
  alwaysIf,
  attribute,
  ELEMENT_TYPE,
  initializerData,
  type NodeMessage,
  type ValueMessage,
  valueInfo,
} from './messages.ts';

const OPSET = 17n;
/** The first one with 8-bit floating point. */
const FP8_OPSET = 19n;
const CONTRIB_DOMAIN = 'com.microsoft';
const IR_VERSION = 9n;

/** A tensor in the graph: float32, except indices and weights that are not cast yet. */
export interface Value {
  readonly name: string;
  readonly dims: readonly number[];
}

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
  /** Whether some layers run on the CPU, whatever device runs the others: those with `CPU_LAYER`. */
  readonly hasCpuLayers?: boolean;
}

/** What marks such layers. */
export const CPU_LAYER = 'on_cpu';

/** ONNX Runtime's name for the mark of a layer. */
const LAYER = 'layer_ann';

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
  /**
   * Multiply in large linear layers as 8-bit integers. `samples`: how many samples the graph computes that do not depend on one
   * another, so that a layer is large or not, whatever else is computed with it. Absent: float32.
   */
  readonly int8?: { readonly samples: number } | undefined;
  /** Threads of the CPU that runs the graph; absent: another device runs it. The results do not depend on it. */
  readonly threads?: number;
}

/** Nodes that are executed together: the graph's own, or a block's. */
interface Scope {
  readonly id: number;
  readonly preparation: NodeMessage[];
  readonly nodes: NodeMessage[];
}

/**
 * Writes an ONNX model whose weights stay in the user's files: initializers point at (file, offset, length) and are
 * cast to float32 where they are used.
 *
 * Invariant: the nodes that only prepare weights come before all others in the file, and in each block. ONNX Runtime
 * then runs each of them right before its consumer, so only one prepared weight is in memory at a time.
 */
export class GraphBuilder {
  readonly fusedAttention: boolean;
  readonly threads: number | undefined;
  readonly winograd: boolean;
  readonly int8: GraphOptions['int8'];
  readonly #openBatch: boolean;
  readonly #externalData = new ExternalData();
  readonly #initializers = new Map<string, MessageInitShape<typeof TensorProtoSchema>>();
  readonly #inputs: ValueMessage[] = [];
  readonly #outputs: ValueMessage[] = [];
  #scope: Scope = { id: 0, preparation: [], nodes: [] };
  #scopes = 1;
  #opset = OPSET;
  #count = 0;
  #onCpu = false;
  #hasCpuLayers = false;

  constructor({ fusedAttention = true, openBatch = false, winograd = false, int8, threads }: GraphOptions = {}) {
    this.fusedAttention = fusedAttention;
    this.threads = threads;
    this.winograd = winograd;
    this.int8 = int8;
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
    this.#push(this.#scope.nodes, 'Identity', [value], [name], {});
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

  /** Equal 8-bit integers, such as what stands for 0. @param size null: one, without an axis */
  bytes(type: 'I8' | 'U8', value: number, size: number | null): Value {
    const data = new Uint8Array(size ?? 1).fill(value);
    return this.#inline(`${type}_${value}_${size}`, ELEMENT_TYPE[type], size === null ? [] : [size], data);
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
    return this.#add(this.#scope.nodes, type, inputs, dims, options);
  }

  /** A node whose inputs are only weights. */
  prepare(type: string, inputs: readonly Value[], dims: readonly number[], options: OpOptions = {}): Value {
    return this.#add(this.#scope.preparation, type, inputs, dims, options);
  }

  /** The block that nodes are added to: prepared weights can only be used in the one that they were prepared in. */
  get block(): number {
    return this.#scope.id;
  }

  /**
   * A part of the computation that ONNX Runtime plans by itself: to plan n values with an open batch takes it time in n².
   * In a graph with known shapes, the nodes are added as others are.
   *
   * @returns the value that `build` returns, of its last node. Others that it adds can only be used in it
   */
  inBlock(build: () => Value): Value {
    if (!this.#openBatch) return build();
    const around = this.#scope;
    const inner: Scope = { id: this.#scopes++, preparation: [], nodes: [] };
    this.#scope = inner;
    const { name: result, dims } = build();
    this.#scope = around;
    const condition = this.#inline('true', DataType.BOOL, [], Uint8Array.of(1)).name;
    const other = this.#inline('zero', DataType.FLOAT, [], new Uint8Array(4)).name;
    const output = this.#name('If');
    around.nodes.push(alwaysIf([...inner.preparation, ...inner.nodes], { condition, result, other, output }));
    return { name: output, dims };
  }

  /** Layers that run on the CPU, whatever device runs the others. Values are copied between the two. */
  onCpu<T>(build: () => T): T {
    const before = this.#onCpu;
    this.#onCpu = true;
    this.#hasCpuLayers = true;
    const built = build();
    this.#onCpu = before;
    return built;
  }

  /** The same elements in another shape; nothing is copied. @param batchAxis the axis that holds the batch */
  reshape(value: Value, dims: readonly number[], batchAxis = 0): Value {
    const shape = this.#openBatch ? withSize(dims, batchAxis, -1) : dims;
    return this.op('Reshape', [value, this.indices(shape)], dims);
  }

  /** A prepared weight in another shape, with as many elements. */
  reshapeWeight(value: Value, dims: readonly number[]): Value {
    return this.prepare('Reshape', [value, this.indices(dims)], dims);
  }

  /** Of a prepared weight, from `start` to before `end` along the first axis. */
  sliceWeight(value: Value, start: number, end: number): Value {
    const bounds = [start, end, 0].map((index) => this.indices([index]));
    return this.prepare('Slice', [value, ...bounds], withSize(value.dims, 0, end - start));
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
    this.#push(this.#scope.nodes, 'Split', [value, this.indices([size, size])], names, { attributes: { axis: -1 } });
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
        node: [...this.#scope.preparation, ...this.#scope.nodes],
        initializer: [...this.#initializers.values()],
        input: this.#inputs,
        output: this.#outputs,
      },
    });
    return {
      bytes: toBinary(ModelProtoSchema, model),
      weightsRoot: this.#externalData.root,
      hasCpuLayers: this.#hasCpuLayers,
    };
  }

  #add(
    nodes: NodeMessage[],
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
    nodes: NodeMessage[],
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
      ...(this.#onCpu && { metadataProps: [{ key: LAYER, value: CPU_LAYER }] }),
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

/** Number of elements of a value. */
export const sizeOf = ({ dims }: Value): number => elementCount(dims);
