import { GraphBuilder, type GraphOptions, type Value } from '../../../engine/graph/builder.ts';
import { Layers } from '../../../engine/graph/layers.ts';
import { type AppliedPatch, GraphWeights } from '../../../engine/graph/weights.ts';
import { cpu, type Feeds, Session } from '../../../engine/onnx/session.ts';
import { elementCount, type TensorEntry } from '../../../weights/tensor.ts';

/** Values of about −1…1 that differ from each other; the same for the same seed. */
export function numbers(dims: readonly number[], seed: number): Float32Array {
  return Float32Array.from({ length: elementCount(dims) }, (_, i) => Math.sin(seed * 7.3 + i * 1.7 + (i % 5) * 0.9));
}

/** A weight whose bytes are in memory. */
export function weight(name: string, shape: readonly number[], values: Float32Array): TensorEntry {
  const gathered = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { name, dtype: 'F32', shape, file: '/in memory', offset: 0, length: gathered.length, gathered };
}

export function weights(shapes: Readonly<Record<string, readonly number[]>>): Map<string, TensorEntry> {
  return new Map(Object.entries(shapes).map(([name, shape], i) => [name, weight(name, shape, numbers(shape, i + 10))]));
}

export const valuesOf = (entry: TensorEntry): Float32Array =>
  new Float32Array(entry.gathered!.buffer, entry.gathered!.byteOffset, elementCount(entry.shape));

interface Run extends GraphOptions {
  readonly tensors?: ReadonlyMap<string, TensorEntry>;
  readonly patches?: (graph: GraphBuilder) => ReadonlyMap<string, readonly AppliedPatch[]>;
  readonly feeds?: Feeds;
}

/** Build a graph from layers, run it on the CPU, and give back its output and the shape that the builder promised. */
export async function run(
  build: (layers: Layers) => Value,
  { tensors = new Map(), patches = () => new Map(), feeds = {}, ...options }: Run,
): Promise<{ data: Float32Array; dims: readonly number[] }> {
  const graph = new GraphBuilder(options);
  const output = build(new Layers(graph, new GraphWeights(graph, tensors, patches(graph))));
  graph.output('y', output);
  const session = await Session.create(graph.toModel(), cpu(options.threads));
  try {
    return { data: await session.run(feeds), dims: output.dims };
  } finally {
    await session.release();
  }
}

/** The largest difference between two lists of equal length. */
export function distance(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
}

/** `[n, k] · [k, m]`, row by row. */
export function product(a: Float32Array, b: Float32Array, k: number): Float32Array {
  const [n, m] = [a.length / k, b.length / k];
  const out = new Float32Array(n * m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      for (let x = 0; x < k; x++) out[i * m + j]! += a[i * k + x]! * b[x * m + j]!;
    }
  }
  return out;
}

/** Rows and columns exchanged. */
export function transposed(a: Float32Array, columns: number): Float32Array {
  const rows = a.length / columns;
  return Float32Array.from({ length: a.length }, (_, i) => a[(i % rows) * columns + Math.floor(i / rows)]!);
}

/** Mean 0 and variance 1 within each slice of `size` values. */
export function normalized(x: Float32Array, size: number, epsilon: number): Float32Array {
  const out = new Float32Array(x.length);
  for (let start = 0; start < x.length; start += size) {
    const slice = x.subarray(start, start + size);
    const mean = slice.reduce((sum, value) => sum + value, 0) / size;
    const variance = slice.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size;
    slice.forEach((value, i) => {
      out[start + i] = (value - mean) / Math.sqrt(variance + epsilon);
    });
  }
  return out;
}
