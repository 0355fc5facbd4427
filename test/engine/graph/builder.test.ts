import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { GraphBuilder, type Value } from '../../../engine/graph/builder.ts';
import { ModelProtoSchema } from '../../../engine/graph/generated/onnx_pb.js';
import { Layers } from '../../../engine/graph/layers.ts';
import { GraphWeights } from '../../../engine/graph/weights.ts';
import { cpu, Session } from '../../../engine/onnx/session.ts';
import { DTYPE_BYTES, type DType, type TensorEntry } from '../../../weights/tensor.ts';
import { temporaryFolder } from '../../weights/files.ts';
import { weights } from './tensors.ts';

const modelOf = (graph: GraphBuilder) => fromBinary(ModelProtoSchema, graph.toModel().bytes);

/** Three values 1, −2, 0.5 of a type, written to a file some odd bytes in. */
function stored(dtype: DType, bytes: Uint8Array): TensorEntry {
  const file = join(temporaryFolder(), `ein Modell ü.${dtype}`);
  writeFileSync(file, Buffer.concat([Buffer.from('odd'), bytes]));
  return { name: 'w', dtype, shape: [3], file, offset: 3, length: 3 * DTYPE_BYTES[dtype] };
}

const bytesOf = ({ buffer }: { readonly buffer: ArrayBufferLike }) => new Uint8Array(buffer);

describe('GraphBuilder', () => {
  it('marks the layers that run on the CPU, with their weights, and no others', async () => {
    const graph = new GraphBuilder();
    const x = graph.input('x', [3]);
    expect(graph.toModel().hasCpuLayers).toBe(false);
    const inner = graph.onCpu(() => {
      const entry = stored('F16', bytesOf(Uint16Array.of(0x3c00, 0xc000, 0x3800)));
      return graph.op('Add', [graph.op('Neg', [x], [3]), graph.weight(entry)], [3]);
    });
    graph.output('y', graph.op('Abs', [inner], [3]));
    const marked = modelOf(graph).graph!.node.filter(({ metadataProps }) => metadataProps.length > 0);
    expect(marked.map(({ opType }) => opType)).toEqual(['Cast', 'Neg', 'Add']);
    const session = await Session.create(graph.toModel(), cpu());
    const y = await session.run({ x: { data: Float32Array.of(10, 10, 10), dims: [3] } });
    await session.release();
    expect([...y]).toEqual([9, 12, 9.5]);
  });

  it.each<[DType, Uint8Array]>([
    ['F32', bytesOf(Float32Array.of(1, -2, 0.5))],
    ['F64', bytesOf(Float64Array.of(1, -2, 0.5))],
    ['F16', bytesOf(Uint16Array.of(0x3c00, 0xc000, 0x3800))],
    ['BF16', bytesOf(Uint16Array.of(0x3f80, 0xc000, 0x3f00))],
  ])('reads %s where it lies in a file and computes in float32', async (dtype, bytes) => {
    const entry = stored(dtype, bytes);
    const graph = new GraphBuilder();
    const x = graph.input('x', [3]);
    graph.output('y', graph.op('Add', [x, graph.weight(entry)], [3]));
    const session = await Session.create(graph.toModel(), cpu());
    const y = await session.run({ x: { data: Float32Array.of(10, 10, 10), dims: [3] } });
    await session.release();
    expect([...y]).toEqual([11, 8, 10.5]);
  });

  it('leaves the batch open if requested, with the same results', async () => {
    const graph = new GraphBuilder({ openBatch: true });
    const x = graph.input('x', [4, 3]);
    graph.output('y', graph.reshape(x, [2, 6]));
    const { input, output } = modelOf(graph).graph!;
    const shapes = [...input, ...output].map(({ type }) =>
      type?.value.case === 'tensorType' ? type.value.value.shape?.dim.map(({ value }) => value.value ?? null) : null,
    );
    expect(shapes).toEqual([
      [null, 3n],
      [null, 6n],
    ]);
    const session = await Session.create(graph.toModel(), cpu());
    const data = Float32Array.from({ length: 12 }, (_, i) => i);
    const y = await session.run({ x: { data, dims: [4, 3] } });
    await session.release();
    expect(y).toEqual(data);
  });

  it('plans blocks by themselves, whose weights are prepared in each and stay in the file', async () => {
    const entry = stored('F16', bytesOf(Uint16Array.of(0x3c00, 0xc000, 0x3800)));
    const build = (openBatch: boolean) => {
      const graph = new GraphBuilder({ openBatch });
      const own = new GraphWeights(graph, new Map([['w', entry]]));
      const x = graph.input('x', [1, 3]);
      const times = (y: Value) => {
        const negative = graph.op('Neg', [y], [1, 3]);
        return graph.op('Mul', [graph.op('Add', [negative, own.merged('w')], [1, 3]), own.merged('w')], [1, 3]);
      };
      const first = graph.inBlock(() => times(x));
      const second = graph.inBlock(() => graph.op('Add', [times(first), x], [1, 3]));
      graph.output('y', graph.op('Mul', [second, own.merged('w')], [1, 3]));
      return graph;
    };
    const graph = modelOf(build(true)).graph!;
    const types = (nodes: readonly { readonly opType: string }[]) => nodes.map(({ opType }) => opType);
    expect(types(graph.node)).toEqual(['Cast', 'If', 'If', 'Mul', 'Identity']);
    const blocks = graph.node.flatMap(({ attribute }) => attribute.filter(({ name }) => name === 'then_branch'));
    expect(blocks.map(({ g }) => types(g!.node))).toEqual([
      ['Cast', 'Neg', 'Add', 'Mul'],
      ['Cast', 'Neg', 'Add', 'Mul', 'Add'],
    ]);
    expect(blocks.flatMap(({ g }) => g!.initializer)).toEqual([]);
    const compute = async (openBatch: boolean) => {
      const session = await Session.create(build(openBatch).toModel(), cpu());
      const y = await session.run({ x: { data: Float32Array.of(10, 20, 30), dims: [1, 3] } });
      await session.release();
      return [...y];
    };
    expect(types(modelOf(build(false)).graph!.node)).not.toContain('If');
    expect(await compute(true)).toEqual([20, -224, 18.8125]);
    expect(await compute(false)).toEqual([20, -224, 18.8125]);
  });

  it('contains the locations of weights, not the weights', () => {
    const entry = stored('F16', new Uint8Array(6));
    const graph = new GraphBuilder();
    graph.output('y', graph.weight(entry));
    const [initializer] = modelOf(graph).graph!.initializer;
    const places = Object.fromEntries(initializer!.externalData.map(({ key, value }) => [key, value]));
    expect(places).toEqual({ location: entry.file.slice(1), offset: '3', length: '6' });
    expect(graph.toModel().weightsRoot).toBe('/');
  });

  it('holds the bytes of a tensor that its file has in another order', () => {
    const graph = new GraphBuilder();
    graph.output('y', graph.weight({ ...stored('F16', new Uint8Array(6)), gathered: Uint8Array.of(1, 2, 3, 4, 5, 6) }));
    const [initializer] = modelOf(graph).graph!.initializer;
    expect([...initializer!.rawData]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(initializer!.externalData).toEqual([]);
  });

  it('starts at the root of the drive that the first tensor is on', () => {
    const entry = (name: string, file: string): TensorEntry => ({
      ...{ name, dtype: 'F32', shape: [1], offset: 0, length: 4 },
      file,
    });
    const graph = new GraphBuilder();
    graph.stored(entry('a', 'D:\\models\\a.safetensors'));
    graph.stored(entry('b', 'd:\\models\\b.safetensors'));
    const { weightsRoot } = graph.toModel();
    expect(weightsRoot).toBe('D:\\');
    const locations = modelOf(graph).graph!.initializer.map(({ externalData }) => externalData[0]!.value);
    expect(locations).toEqual(['models\\a.safetensors', 'models\\b.safetensors']);
    const share = new GraphBuilder();
    share.stored(entry('a', '\\\\server\\share\\a.safetensors'));
    expect(share.toModel().weightsRoot).toBe('\\\\server\\share\\');
    expect(() => share.stored(entry('b', 'models/b.safetensors'))).toThrow('not absolute');
  });

  it('brings a tensor of another drive along in the graph', () => {
    const bytes = bytesOf(Float32Array.of(1, -2, 0.5));
    const graph = new GraphBuilder();
    graph.stored({ name: 'a', dtype: 'F32', shape: [1], file: 'D:\\a.safetensors', offset: 0, length: 4 });
    graph.stored(stored('F32', bytes));
    const [, elsewhere] = modelOf(graph).graph!.initializer;
    expect(elsewhere!.rawData).toEqual(bytes);
    const cutOff = { ...stored('F32', bytes), length: 400 };
    expect(() => graph.stored({ ...cutOff, name: 'cut off' })).toThrow(/ends before byte 403/);
  });

  it('puts all preparation of weights before all computation', () => {
    const half = (entry: TensorEntry): TensorEntry => ({ ...entry, dtype: 'F16' });
    const shapes = { 'a.weight': [4, 4], 'b.weight': [4, 4], 'n.weight': [4], 'n.bias': [4] };
    const tensors = new Map([...weights(shapes)].map(([name, entry]) => [name, half(entry)]));
    const graph = new GraphBuilder();
    const layers = new Layers(graph, new GraphWeights(graph, tensors));
    const x = graph.input('x', [1, 4]);
    const y = layers.linear(layers.layerNorm(layers.linear(x, 'a'), 'n'), 'b');
    graph.output('y', y);
    const kinds = modelOf(graph).graph!.node.map(({ opType }) => opType);
    expect(kinds).toEqual([...Array(4).fill('Cast'), 'Gemm', 'LayerNormalization', 'Gemm', 'Identity']);
  });

  it('writes format versions that ONNX Runtime supports everywhere', () => {
    const { irVersion, opsetImport } = modelOf(new GraphBuilder());
    expect(irVersion).toBe(9n);
    expect(opsetImport.map(({ domain, version }) => [domain, version])).toEqual([
      ['', 17n],
      ['com.microsoft', 1n],
    ]);
  });

  it('names what a model file lacks', () => {
    const graph = new GraphBuilder();
    const layers = new Layers(graph, new GraphWeights(graph, weights({ 'a.weight': [4, 4] })));
    expect(() => layers.linear(graph.input('x', [1, 4]), 'b')).toThrow('/in memory has no "b.weight"');
  });
});
