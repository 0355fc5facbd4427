import type { TensorEntry } from '../../weights/tensor.ts';
import { GraphBuilder, type GraphModel, type Value } from '../graph/builder.ts';
import { Layers } from '../graph/layers.ts';
import { GraphWeights } from '../graph/weights.ts';
import { cpu, type Provider, type Runtime, Session } from './session.ts';

export type Probe =
  | { readonly ok: true; readonly fusedAttention: boolean }
  | { readonly ok: false; readonly reason: string };

/** What a provider may be off by, relative to the largest value; a wrong attention is off by 0.08 and more. */
const TOLERANCE = 2e-3;

/** `[samples, channels, height, width]`: a UNet's widest resolution at 256×256, with Stable Diffusion 1.5's heads of 40. */
const SAMPLE = [1, 320, 32, 32] as const;
const HEADS = 8;
/** Frames of the temporal attention. */
const FRAMES = 16;

/**
 * Proves that a provider runs our kind of graph alone, gives what the CPU gives, and is faster: WebGPU's attention is wrong
 * on some devices, a provider without its library or device is often dropped silently, and a GPU may be drawn in software.
 */
export async function probe(provider: Provider): Promise<Probe> {
  let reference: Measured | undefined;
  for (const fusedAttention of [true, false]) {
    const result = await measure({ provider, mode: 'fast', fusedAttention }).catch((error: unknown) => error);
    if (!isMeasured(result)) return { ok: false, reason: reasonOf(result) };
    reference ??= await measure(cpu('fast'));
    if (!(relativeError(result.values, reference.values) <= TOLERANCE)) continue;
    if (result.seconds < reference.seconds) return { ok: true, fusedAttention };
    const times = (result.seconds / reference.seconds).toFixed(1);
    return { ok: false, reason: `it takes ${times} times as long as the CPU` };
  }
  return { ok: false, reason: 'its results are wrong' };
}

interface Measured {
  readonly values: Float32Array;
  readonly seconds: number;
}

const isMeasured = (result: unknown): result is Measured =>
  typeof result === 'object' && result !== null && 'seconds' in result;

/** The second run counts: the first one compiles and allocates. */
async function measure(runtime: Runtime): Promise<Measured> {
  const session = await Session.create(probeGraph(runtime.fusedAttention), runtime, {
    noFallback: runtime.provider !== 'cpu',
  });
  try {
    const feeds = { x: { data: noise(SAMPLE, 1), dims: SAMPLE } };
    await session.run(feeds);
    const start = performance.now();
    const values = await session.run(feeds);
    return { values, seconds: (performance.now() - start) / 1000 };
  } finally {
    await session.release();
  }
}

/** A layer of each kind that the UNet has. */
function probeGraph(fusedAttention: boolean): GraphModel {
  const [samples, channels, height, width] = SAMPLE;
  const area = height * width;
  const graph = new GraphBuilder({ fusedAttention });
  const layers = new Layers(graph, new GraphWeights(graph, probeWeights(channels)));
  const input = graph.input('x', SAMPLE);
  const normal = layers.groupNorm(input, 'norm', { groups: 32, epsilon: 1e-5 });
  const pixels = layers.conv(layers.silu(normal), 'conv');
  let tokens = layers.transpose(layers.reshape(pixels, [samples, channels, area]), [0, 2, 1]);
  tokens = withAttention(layers, tokens, 'space');
  const inTime = layers.reshape(tokens, [(samples * area) / FRAMES, FRAMES, channels]);
  tokens = layers.reshape(withAttention(layers, inTime, 'time'), tokens.dims);
  tokens = layers.add(tokens, layers.geglu(tokens, 'ff'));
  const back = layers.reshape(layers.transpose(tokens, [0, 2, 1]), SAMPLE);
  graph.output('y', layers.conv(layers.resize(back, 2 * height, 2 * width), 'conv', { stride: 2 }));
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

/** Evenly spread over −1…1; the same for the same seed (a linear congruential generator, Numerical Recipes). */
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

/** What ONNX Runtime says, without the places in its own source that stand before it. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  return (lines.at(-1) ?? 'it does not start').replace(/^\S*onnxruntime\S*:\d+ .*? was false\. /, '');
}
