import { join } from 'node:path';
import { z } from 'zod';
import { GraphBuilder } from '../../engine/graph/builder.ts';
import { ControlNet } from '../../engine/models/controlnet/controlnet.ts';
import type { UNetControl } from '../../engine/models/controlnet/controls.ts';
import { controlNetResiduals } from '../../engine/models/controlnet/graph.ts';
import { timestepEmbedding } from '../../engine/models/unet/embeddings.ts';
import { UNet } from '../../engine/models/unet/unet.ts';
import { cpu, Session } from '../../engine/onnx/session.ts';
import { componentTensors } from '../../weights/components.ts';
import { openWeights } from '../../weights/open.ts';
import { embedAll } from '../engine/models/controlnet/embed-all.ts';
import { type Computation, type GoldenCase, type GoldenTensor, openCase } from './case.ts';

const RUNTIME = cpu();

/** The case that has the hints, and the other inputs of components. */
export const HINTS = 'components/motion_inputs';
const TIMESTEP = 501;

const Params = z.looseObject({
  model: z.string(),
  motion_module: z.string().optional(),
  controlnets: z.array(z.string()),
  weight: z.number().optional(),
});

/** Units of each output of the case without motion: the ControlNet, its weight, and whether it is soft. */
const UNITS: Readonly<Record<string, readonly (readonly [controlNet: number, weight: number, soft: boolean])[]>> = {
  'out.cn0': [[0, 0.8, false]],
  'out.cn0+cn1': [
    [0, 0.8, false],
    [1, 0.5, false],
  ],
  'out.cn0_soft': [[0, 1, true]],
};

/** Hints as the network gets them, `[3, height, width]` of each frame: 8-bit values ÷ 255, gray for all colors. */
export function hintsOf({ data, dims }: GoldenTensor): Float32Array[] {
  const [frames, channels, height, width] = dims as [number, number, number, number];
  const area = height * width;
  return Array.from({ length: frames }, (_, frame) =>
    Float32Array.from({ length: 3 * area }, (_, i) => {
      const channel = Math.min(Math.floor(i / area), channels - 1);
      return data[(frame * channels + channel) * area + (i % area)]! / 255;
    }),
  );
}

const repeat = <T>(value: T, times: number) => Array<T>(times).fill(value);

const part = ({ data, dims }: GoldenTensor, index: number, length?: number) => {
  const size = data.length / dims[0]!;
  return Float32Array.from(data.slice(index * size, index * size + (length ?? size)));
};

/** The UNet with ControlNets, and the residuals of each alone. */
export const controlNets: Computation = async (golden) => {
  const params = Params.parse(golden.manifest.params);
  const inputs = await openCase(golden.folder, HINTS);
  const open = (file: string) => openWeights(join(golden.folder, file));
  const files = await Promise.all(params.controlnets.map(open));
  const model = await open(params.model);
  const motionModule = params.motion_module === undefined ? null : await open(params.motion_module);
  const unet = new UNet(model, { motionModule, controlNets: files, runtime: RUNTIME });
  const x = inputs.tensor('x');
  const [, allFrames, channels, height, width] = x.dims as [number, number, number, number, number];
  const frames = motionModule ? 16 : 8;
  const clips = motionModule ? 2 : 1;
  const hints = [inputs.tensor('hint_canny'), inputs.tensor('hint_depth')].map(hintsOf);
  const embedded = await Promise.all(
    files.map((_, i) => embedAll(unet, i, hints[i]!.slice(0, frames), { height, width })),
  );
  const clipSize = frames * channels * height * width;
  const outputs: Record<string, Float32Array> = {};
  const units = motionModule ? { out: [[0, params.weight ?? 1, false]] as const } : UNITS;
  for (const [name, acting] of Object.entries(units)) {
    const controls = acting.map(
      ([controlNet, weight, soft]): UNetControl => ({
        controlNet,
        soft,
        pooled: false,
        hints: embedded[controlNet]!,
        strengths: repeat(repeat(weight, frames), clips),
      }),
    );
    const predicted = await unet.predict({
      samples: Array.from({ length: clips }, (_, clip) => part(x, clip, clipSize)),
      frames,
      height,
      width,
      timesteps: [TIMESTEP],
      contexts: Array.from({ length: clips }, (_, clip) => repeat(part(inputs.tensor('context'), clip), frames)),
      tokens: inputs.tensor('context').dims[1]!,
      controls,
    });
    outputs[name] = Float32Array.from(predicted.flatMap((clip) => [...clip]));
  }
  if (!motionModule) {
    for (const [i, file] of files.entries()) {
      const controlNet = new ControlNet(file, componentTensors(model, 'unet'));
      const sample = part(x, 0, (clipSize / frames) * 2);
      Object.assign(outputs, await residualsOf(controlNet, i, golden, inputs, sample, embedded[i]!.slice(0, 2)));
    }
  }
  if (allFrames < frames) throw new Error(`${HINTS} has only ${allFrames} frames.`);
  await unet.release();
  return outputs;
};

/** `cnI.residual.J` of two frames. */
async function residualsOf(
  controlNet: ControlNet,
  index: number,
  golden: GoldenCase,
  inputs: GoldenCase,
  sample: Float32Array,
  hints: readonly Float32Array[],
): Promise<Record<string, Float32Array>> {
  const [, , channels, height, width] = inputs.tensor('x').dims as [number, number, number, number, number];
  const [, tokens, contextWidth] = inputs.tensor('context').dims as [number, number, number];
  const base = hints[0]!.length / (height * width);
  const graph = new GraphBuilder();
  const values = {
    sample: graph.input('sample', [2, channels, height, width]),
    time: graph.input('time', [2, base]),
    context: graph.input('context', [2, tokens, contextWidth]),
    sharedFrames: 1,
    outermost: false,
  };
  const residuals = controlNetResiduals(graph, controlNet, values, graph.input('hint', [2, base, height, width]));
  const flat = residuals.map((value) => graph.reshape(value, [value.dims.reduce((a, b) => a * b)]));
  const total = flat.reduce((sum, { dims }) => sum + dims[0]!, 0);
  graph.output('all', graph.op('Concat', flat, [total], { attributes: { axis: 0 } }));
  const session = await Session.create(graph.toModel(), RUNTIME);
  const context = part(inputs.tensor('context'), 0);
  const all = await session.run({
    sample: { data: sample, dims: values.sample.dims },
    time: { data: timestepEmbedding([TIMESTEP, TIMESTEP], base), dims: [2, base] },
    context: { data: Float32Array.from([...context, ...context]), dims: values.context.dims },
    hint: { data: Float32Array.from(hints.flatMap((hint) => [...hint])), dims: [2, base, height, width] },
  });
  await session.release();
  let start = 0;
  return Object.fromEntries(
    flat.flatMap(({ dims }, i) => {
      const name = `cn${index}.residual.${i}`;
      const values = all.slice(start, start + dims[0]!);
      start += dims[0]!;
      return golden.has(name) ? [[name, values]] : [];
    }),
  );
}
