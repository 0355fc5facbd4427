import { messageOf } from '../../plan/message-of.ts';
import type { TensorEntry } from '../../weights/tensor.ts';
import { GraphBuilder, type GraphModel, type Value } from '../graph/builder.ts';
import { Layers } from '../graph/layers.ts';
import { GraphWeights } from '../graph/weights.ts';
import { cpu, type Provider, type Runtime, Session } from './session.ts';

/** A reason against a provider. `foundGpu`: it runs graphs on a real GPU. */
interface Drawback {
  readonly reason: string;
  readonly foundGpu: boolean;
}

export type Probe =
  /** Its results are right. `slow`: it is slower than the CPU; null: it is not. */
  | { readonly ok: true; readonly fusedAttention: boolean; readonly slow: Drawback | null }
  | ({ readonly ok: false } & Drawback);

/**
 * The largest accepted error, relative to the largest value. SwiftShader's wrong attention causes 0.012, its correct
 * operators 1e-6.
 */
const TOLERANCE = 2e-3;

interface Size {
  readonly channels: number;
  /** Height and width. */
  readonly side: number;
  /** The longest accepted time, in multiples of the CPU's. */
  readonly slowest: number;
}

/**
 * First a size so small that a software emulation of a GPU is detected within a few seconds, then a UNet's widest
 * layers at 256×256 with Stable Diffusion 1.5's heads of 40 channels.
 */
const SIZES: readonly Size[] = [
  { channels: 32, side: 8, slowest: 100 },
  { channels: 320, side: 32, slowest: 1 },
];
const HEADS = 8;
/** Frames of the temporal attention. */
const FRAMES = 16;

/**
 * Proves that a provider runs our graphs without the CPU's help and returns the CPU's results, and measures it:
 * WebGPU's attention is wrong on some devices, ONNX Runtime often drops a provider without its library or device
 * silently, and a GPU may be emulated in software.
 */
export async function probe(provider: Provider): Promise<Probe> {
  for (const fusedAttention of [true, false]) {
    const verdict = await verdictOn({ ...cpu(), provider, fusedAttention });
    if (verdict === 'right') return { ok: true, fusedAttention, slow: null };
    if (verdict === 'wrong') continue;
    const { runs, reason, foundGpu } = verdict;
    return runs ? { ok: true, fusedAttention, slow: { reason, foundGpu } } : { ok: false, reason, foundGpu };
  }
  return { ok: false, reason: 'its results are wrong', foundGpu: true };
}

async function verdictOn(runtime: Runtime): Promise<'right' | 'wrong' | (Drawback & { readonly runs: boolean })> {
  for (const size of SIZES) {
    const result = await measure(size, runtime).catch((error: unknown) => ({ reason: reasonOf(error) }));
    if ('reason' in result) return { ...result, runs: false, foundGpu: false };
    const reference = await measure(size, cpu());
    if (!(relativeError(result.values, reference.values) <= TOLERANCE)) return 'wrong';
    const times = result.seconds / reference.seconds;
    if (times > size.slowest) {
      // An emulation in software is that slow at the first size, and would take minutes for the next one.
      const reason = `it is ${times.toFixed(1)} times slower than the CPU`;
      return { reason, runs: true, foundGpu: size !== SIZES[0] };
    }
  }
  return 'right';
}

interface Measured {
  readonly values: Float32Array;
  readonly seconds: number;
}

/** Times the second run, because the first one compiles and allocates. */
async function measure(size: Size, runtime: Runtime): Promise<Measured> {
  const noFallback = runtime.provider !== 'cpu';
  const session = await Session.create(probeGraph(size, runtime.fusedAttention), runtime, { noFallback });
  try {
    const dims = sampleOf(size);
    const feeds = { x: { data: noise(dims, 1), dims } };
    await session.run(feeds);
    const start = performance.now();
    const values = await session.run(feeds);
    return { values, seconds: (performance.now() - start) / 1000 };
  } finally {
    await session.release();
  }
}

const sampleOf = ({ channels, side }: Size) => [1, channels, side, side];

/** A graph with every type of layer of the UNet. */
function probeGraph(size: Size, fusedAttention: boolean): GraphModel {
  const { channels, side } = size;
  const area = side * side;
  const graph = new GraphBuilder({ fusedAttention });
  const layers = new Layers(graph, new GraphWeights(graph, probeWeights(channels)));
  const input = graph.input('x', sampleOf(size));
  const normal = layers.groupNorm(input, 'norm', { groups: 32, epsilon: 1e-5 });
  const pixels = layers.conv(layers.silu(normal), 'conv');
  let tokens = layers.transpose(layers.reshape(pixels, [1, channels, area]), [0, 2, 1]);
  tokens = withAttention(layers, tokens, 'space');
  const inTime = layers.reshape(tokens, [area / FRAMES, FRAMES, channels]);
  tokens = layers.reshape(withAttention(layers, inTime, 'time'), tokens.dims);
  tokens = layers.add(tokens, layers.geglu(tokens, 'ff'));
  const back = layers.reshape(layers.transpose(tokens, [0, 2, 1]), sampleOf(size));
  graph.output('y', layers.conv(layers.resize(back, 2 * side, 2 * side), 'conv', { stride: 2 }));
  return graph.toModel();
}

function withAttention(layers: Layers, x: Value, name: string): Value {
  const normal = layers.layerNorm(x, `${name}.norm`);
  const [query, key, value] = ['q', 'k', 'v'].map((part) => layers.linear(normal, `${name}.${part}`));
  return layers.add(x, layers.attention(query!, key!, value!, HEADS));
}

function probeWeights(channels: number): Map<string, TensorEntry> {
  const norms = ['norm', 'space.norm', 'time.norm'].flatMap((name) => [
    [`${name}.weight`, [channels]] as const,
    [`${name}.bias`, [channels]] as const,
  ]);
  const projections = ['space', 'time'].flatMap((name) =>
    ['q', 'k', 'v'].map((part) => [`${name}.${part}.weight`, [channels, channels]] as const),
  );
  const shapes: (readonly [string, readonly number[]])[] = [
    ...norms,
    ...projections,
    ['conv.weight', [channels, channels, 3, 3]],
    ['ff.net.0.proj.weight', [2 * channels, channels]],
    ['ff.net.2.weight', [channels, channels]],
  ];
  return new Map(shapes.map(([name, shape], seed) => [name, inlineWeight(name, shape, seed)]));
}

function inlineWeight(name: string, shape: readonly number[], seed: number): TensorEntry {
  const inputs = shape.slice(1).reduce((product, size) => product * size, 1);
  const values = noise(shape, seed + 2).map((value) => value * Math.sqrt(3 / inputs));
  const gathered = new Uint8Array(values.buffer);
  return { name, dtype: 'F32', shape, file: 'probe', offset: 0, length: gathered.length, gathered };
}

/** Uniform in −1…1, reproducible by its seed (the linear congruential generator of Numerical Recipes). */
function noise(dims: readonly number[], seed: number): Float32Array {
  const values = new Float32Array(dims.reduce((product, size) => product * size, 1));
  let state = seed * 2_654_435_761;
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    values[i] = state / 2 ** 31 - 1;
  }
  return values;
}

function relativeError(actual: Float32Array, expected: Float32Array): number {
  let worst = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    if (!(difference <= worst)) worst = difference;
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  return worst / largest;
}

/** ONNX Runtime's message without its source locations. */
function reasonOf(error: unknown): string {
  const message = messageOf(error);
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  return (lines.at(-1) ?? 'it did not start').replace(/^\S*onnxruntime\S*:\d+ .*? was false\. /, '');
}
