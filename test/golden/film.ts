import { join } from 'node:path';
import { z } from 'zod';
import { GraphBuilder, type GraphModel, type Value } from '../../engine/graph/builder.ts';
import { Layers } from '../../engine/graph/layers.ts';
import { pool, resizeLinear } from '../../engine/graph/operations.ts';
import { GraphWeights } from '../../engine/graph/weights.ts';
import { backwardWarp } from '../../engine/models/film/backward-warp.ts';
import { Film } from '../../engine/models/film/film.ts';
import { framesBetween } from '../../engine/models/film/gap.ts';
import { type FilmValues, filmGraph } from '../../engine/models/film/graph.ts';
import { inBetweenOrder } from '../../engine/models/film/order.ts';
import { cpu, graphOptions, Session } from '../../engine/onnx/session.ts';
import { webuiInBetweens } from '../../plan/interpolation.ts';
import { filmWeights } from '../../weights/film.ts';
import { openWeights } from '../../weights/open.ts';
import { openSafetensors } from '../../weights/safetensors.ts';
import { type Checker, type Computation, type GoldenCase, type GoldenTensor, type Outputs, openCase } from './case.ts';
import { comparing } from './compare.ts';

const RUNTIME = cpu();

const Params = z.looseObject({ model: z.string(), time: z.number().default(0.5) });

async function runGraph(model: GraphModel, inputs: Readonly<Record<string, GoldenTensor>>): Promise<Float32Array> {
  const session = await Session.create(model, RUNTIME);
  const feeds = Object.entries(inputs).map(([name, { data, dims }]) => [name, { data: Float32Array.from(data), dims }]);
  const output = await session.run(Object.fromEntries(feeds));
  await session.release();
  return output;
}

/** Every N-th row and column of `[1, channels, height, width]`. */
function every(values: Float32Array, { dims }: Value, step: number): Float32Array {
  const [, channels, height, width] = dims as [number, number, number, number];
  const kept: number[] = [];
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y += step) {
      for (let x = 0; x < width; x += step) kept.push(values[(channel * height + y) * width + x]!);
    }
  }
  return Float32Array.from(kept);
}

/** Where an output of a manifest is in the network, and which of the two samples it is; null: it has only one. */
function tapOf(name: string): { readonly value: (values: FilmValues) => Value; readonly sample: 0 | 1 | null } | null {
  const [, kind, number] = /^([a-z_]+[01]?)\.(\d)/.exec(name) ?? [];
  const level = Number(number);
  switch (kind) {
    case 'features0':
    case 'features1':
      return { value: ({ features }) => features[level]!, sample: kind === 'features0' ? 0 : 1 };
    case 'forward_residual':
    case 'backward_residual':
      return { value: ({ residuals }) => residuals[level]!, sample: kind === 'forward_residual' ? 0 : 1 };
    case 'forward_flow':
    case 'backward_flow':
      return { value: ({ flows }) => flows[level]!, sample: kind === 'forward_flow' ? 0 : 1 };
    case 'aligned':
      return { value: ({ aligned }) => aligned[level]!, sample: null };
    case 'fusion':
      return { value: ({ fused }) => fused[level]!, sample: null };
    default:
      return name.startsWith('image') ? { value: ({ image }) => image, sample: null } : null;
  }
}

/** All values of the network that a case has, from its own pictures or those of `pyramids`. */
const network: Computation = async (golden) => {
  const { model, time } = Params.parse(golden.manifest.params);
  const source = golden.has('x0') ? golden : await openCase(golden.folder, 'film/pyramids');
  const film = filmWeights((await openWeights(join(golden.folder, model))).tensors)!;
  const { dims } = source.tensor('x0');
  const [height, width] = dims.slice(2) as [number, number];
  const pictures = ['x0', 'x1'].flatMap((name) => [...source.tensor(name).data].map((value) => value / 255));
  const outputs: Record<string, Float32Array> = {};
  for (const name of golden.tensorNames) {
    const tap = tapOf(name);
    if (!tap) continue;
    const hundredths = /\.(25|80)$/.exec(name)?.[1];
    const at = hundredths === undefined ? time : Number(hundredths) / 100;
    let shape: Value | undefined;
    const graph = filmGraph(film.tensors, { height, width, ...graphOptions(RUNTIME) }, (values) => {
      shape = tap.value(values);
      return shape;
    });
    const all = await runGraph(graph, {
      pictures: { data: Float32Array.from(pictures), dims: [2, 3, height, width] },
      times: { data: Float32Array.of(at, 1 - at), dims: [2] },
    });
    const half = all.length / 2;
    const values = tap.sample === null ? all : all.subarray(tap.sample * half, (tap.sample + 1) * half);
    const step = /\.every(\d+)$/.exec(name)?.[1];
    outputs[name] = step === undefined ? values : every(values, shape!, Number(step));
  }
  return outputs;
};

/** Reference frames are `[count, 3, height, width]`, ours `[height, width, 3]`. */
function framesOf({ data, dims }: GoldenTensor): Uint8Array[] {
  const [count, channels, height, width] = dims as [number, number, number, number];
  return Array.from({ length: count }, (_, frame) => {
    const rgb = new Uint8Array(channels * height * width);
    for (let channel = 0; channel < channels; channel++) {
      for (let i = 0; i < height * width; i++) {
        rgb[i * channels + channel] = data[(frame * channels + channel) * height * width + i]!;
      }
    }
    return rgb;
  });
}

function channelsFirst(frames: readonly Uint8Array[]): Uint8Array {
  const area = frames[0]!.length / 3;
  const out = new Uint8Array(frames.length * 3 * area);
  for (const [frame, rgb] of frames.entries()) {
    for (let i = 0; i < rgb.length; i++) out[(frame * 3 + (i % 3)) * area + Math.floor(i / 3)] = rgb[i]!;
  }
  return out;
}

async function interpolated(
  golden: GoldenCase,
  frames: readonly Uint8Array[],
  count: number,
  timed: boolean,
  size: readonly number[],
) {
  const { model } = Params.parse(golden.manifest.params);
  const film = new Film(await openWeights(join(golden.folder, model)), RUNTIME);
  const [height, width] = size.slice(-2) as [number, number];
  const padded = { height: Math.ceil(height / 64) * 64, width: Math.ceil(width / 64) * 64 };
  const all = [frames[0]!];
  for (let gap = 0; gap + 1 < frames.length; gap++) {
    const made = await framesBetween(frames[gap]!, frames[gap + 1]!, count, { height, width }, timed, (a, b, time) =>
      film.between(a, b, time, padded),
    );
    all.push(...made, frames[gap + 1]!);
  }
  await film.release();
  return all;
}

const padded: Computation = async (golden) => {
  const [first, last] = ['x0', 'x1'].map((name) => framesOf(golden.tensor(name))[0]!);
  const all = await interpolated(golden, [first!, last!], 1, true, golden.tensor('x0').dims);
  return { frame_u8: channelsFirst([all[1]!]) };
};

const FrameParams = z.looseObject({ inbetween: z.number(), frames: z.number(), interp_x: z.number() });

const frames: Computation = async (golden) => {
  const clip = golden.tensor('clip');
  const outputs: Record<string, Uint8Array> = {};
  for (const name of ['x3', 'x2_half', 'x2_dt']) {
    const params = FrameParams.parse(golden.manifest.params![name === 'x3' ? 'x3' : name]);
    const shown = framesOf(clip).slice(0, params.frames);
    const count = webuiInBetweens(params.frames, params.interp_x);
    if (count !== params.inbetween) throw new Error(`${count} frames in each gap, expected ${params.inbetween}`);
    outputs[name] = channelsFirst(await interpolated(golden, shown, count, name !== 'x2_half', clip.dims));
  }
  return outputs;
};

const operations: Computation = async (golden) => {
  const single = (inputs: readonly string[], output: (graph: GraphBuilder, ...values: Value[]) => Value) => {
    const graph = new GraphBuilder(graphOptions(RUNTIME));
    const values = inputs.map((name) => graph.input(name, golden.tensor(name).dims));
    graph.output('out', output(graph, ...values));
    return runGraph(graph.toModel(), Object.fromEntries(inputs.map((name) => [name, golden.tensor(name)])));
  };
  const halved = (graph: GraphBuilder, x: Value) => pool(graph, 'AveragePool', x, 2);
  const twice = (graph: GraphBuilder, x: Value, height: number, width: number) =>
    resizeLinear(graph, graph.op('Mul', [x, graph.constant([2], [1])], x.dims), height, width);
  const { tensors } = await openSafetensors(join(golden.folder, `${golden.id}.safetensors`));
  const conv = new Map(['weight', 'bias'].map((part) => [`conv2.${part}`, tensors.get(`conv2_${part}`)!] as const));
  const layers = (graph: GraphBuilder) => new Layers(graph, new GraphWeights(graph, conv));
  return {
    warp_out: await single(['warp_image', 'warp_flow'], (graph, image, flow) => backwardWarp(graph, image!, flow!)),
    pool_1: await single(['pool_in'], (graph, x) => halved(graph, x!)),
    pool_2: await single(['pool_in'], (graph, x) => halved(graph, halved(graph, x!))),
    up_1: await single(['up_in'], (graph, x) => twice(graph, x!, 3, 5)),
    up_0: await single(['up_in'], (graph, x) => twice(graph, twice(graph, x!, 3, 5), 6, 10)),
    nearest_out: await single(['nearest_in'], (graph, x) => layers(graph).resize(x!, 7, 5)),
    conv2_out: await single(['conv2_in'], (graph, x) => layers(graph).conv(x!, 'conv2', { padEnd: true })),
  };
};

const Sequences = z.looseObject({
  sequences: z.record(z.string(), z.array(z.tuple([z.number(), z.number(), z.number(), z.number()]))),
  interp_x: z.record(z.string(), z.looseObject({ inbetween: z.number() })),
});

const order: Checker = ({ manifest }) => {
  const { sequences, interp_x } = Sequences.parse(manifest);
  const wrong = Object.entries(sequences).filter(([count, expected]) => {
    const ours = inBetweenOrder(Number(count)).map(({ left, right, made, time }) => [
      left,
      right,
      +time.toFixed(6),
      made,
    ]);
    return (
      JSON.stringify(ours) !==
      JSON.stringify(expected.map(([left, right, time, made]) => [left, right, +time.toFixed(6), made]))
    );
  });
  const counts = Object.entries(interp_x).filter(([key, { inbetween }]) => {
    const [frames, x] = key.split('x').map(Number) as [number, number];
    return webuiInBetweens(frames, x) !== inbetween;
  });
  const total = Object.keys(sequences).length;
  return wrong.length + counts.length > 0
    ? { status: 'failed', detail: `wrong: ${[...wrong, ...counts].map(([key]) => key).join(', ')}` }
    : { status: 'passed', detail: `${total} orders, ${Object.keys(interp_x).length} counts` };
};

const computations: Readonly<Record<string, Computation>> = {
  'film/operations': operations,
  'film/pyramids': network,
  'film/time': network,
  'film/native_size': network,
  'film/padded': async (golden): Promise<Outputs> => ({ ...(await padded(golden)) }),
  'film/frames': frames,
};

/** Frame interpolation with FILM. */
export const checkers: Readonly<Record<string, Checker>> = {
  ...Object.fromEntries(Object.entries(computations).map(([id, compute]) => [id, comparing(compute)])),
  'film/order': order,
};
