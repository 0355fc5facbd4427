import { join } from 'node:path';
import { z } from 'zod';
import { GraphBuilder } from '../../engine/graph/builder.ts';
import { loraPatches } from '../../engine/lora/patches.ts';
import { TextEncoder } from '../../engine/models/text-encoder/text-encoder.ts';
import { MotionBlocks } from '../../engine/models/unet/motion.ts';
import { UNet } from '../../engine/models/unet/unet.ts';
import type { UNetLora } from '../../engine/models/unet/unet-input.ts';
import { Vae } from '../../engine/models/vae/vae.ts';
import { cpu, Session } from '../../engine/onnx/session.ts';
import type { MotionVersion } from '../../plan/model.ts';
import { componentConfig } from '../../weights/component-config.ts';
import { describeModel } from '../../weights/describe.ts';
import { openWeights } from '../../weights/open.ts';
import type { WeightsFile } from '../../weights/tensor.ts';
import { type Computation, type GoldenCase, type GoldenTensor, openCase } from './case.ts';
import { hasTolerance } from './compare.ts';
import { controlNets } from './controlnet.ts';
import { MotionLayout, motionModuleAs } from './motion-layouts.ts';

const RUNTIME = cpu();

const open = (golden: GoldenCase, file: string) => openWeights(join(golden.folder, file));

/** The slices of a tensor along its first axis. */
function rows({ data, dims }: GoldenTensor): Float32Array[] {
  const size = data.length / dims[0]!;
  return Array.from({ length: dims[0]! }, (_, i) => Float32Array.from(data.slice(i * size, (i + 1) * size)));
}

/** `clip_skip1`, `clip_skip2`: the outputs of a text encoder at each clip skip. */
const clipSkipOutputs = ({ manifest }: GoldenCase) =>
  Object.keys(manifest.tolerances ?? {}).filter((name) => name.startsWith('clip_skip'));

const chunksOf = (ids: GoldenTensor) => rows(ids).map((row) => ({ ids: [...row], vectors: new Map() }));

function joined(parts: readonly Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

/** One UNet call on images without a motion module: each sample is a frame with its own context. */
async function predictImages(
  unet: UNet,
  sample: GoldenTensor,
  timesteps: readonly number[],
  contexts: readonly Float32Array[],
  tokens: number,
  loraStrengths: readonly (readonly number[])[] = [],
): Promise<Float32Array> {
  const [count, , height, width] = sample.dims as [number, number, number, number];
  const [noise] = await unet.predict({
    samples: [Float32Array.from(sample.data)],
    frames: count,
    height,
    width,
    timesteps,
    contexts: [contexts],
    tokens,
    loraStrengths: loraStrengths.map(([strength]) => Array<number>(count).fill(strength!)),
  });
  return noise!;
}

const ModelParams = z.looseObject({ model: z.string() });

const textEncoder: Computation = async (golden) => {
  const { model } = ModelParams.parse(golden.manifest.params);
  const file = await open(golden, model);
  const outputs: Record<string, Float32Array> = {};
  for (const name of clipSkipOutputs(golden)) {
    const encoder = new TextEncoder(file, { clipSkip: Number(name.slice('clip_skip'.length)), runtime: RUNTIME });
    outputs[name] = joined(await encoder.encode(chunksOf(golden.tensor('input_ids'))));
    await encoder.release();
  }
  return outputs;
};

const vae: Computation = async (golden) => {
  const { model } = ModelParams.parse(golden.manifest.params);
  const autoencoder = new Vae(await open(golden, model), RUNTIME);
  const latents = golden.tensor('latents');
  const [count, , height, width] = latents.dims as [number, number, number, number];
  const decoded = await autoencoder.decode(Float32Array.from(latents.data), count, height, width);
  await autoencoder.release();
  const image = golden.tensor('image');
  const pixels = Float32Array.from(image.data, (value) => value / 127.5 - 1);
  const { mean, logVariance } = await autoencoder.encode(pixels, image.dims[0]!, image.dims[2]!, image.dims[3]!);
  const scaled = mean.map((value) => value * autoencoder.scalingFactor);
  return { decoded, mean, logvar: logVariance, latents_from_mean: scaled };
};

const ContextRows = z.record(z.string(), z.looseObject({ context_rows: z.array(z.array(z.int())) }));

const unetImages: Computation = async (golden) => {
  const { model } = ModelParams.parse(golden.manifest.params);
  const encodings = (await openCase(golden.folder, `${golden.id.split('/')[0]}/text_encoder`)).tensor('clip_skip1');
  const [, chunkTokens] = encodings.dims as [number, number];
  const encoded = rows(encodings);
  const unet = new UNet(await open(golden, model), { runtime: RUNTIME });
  const outputs: Record<string, Float32Array> = {};
  for (const [name, { context_rows }] of Object.entries(ContextRows.parse(golden.manifest.inputs))) {
    const contexts = context_rows.map((chunks) => joined(chunks.map((row) => encoded[row]!)));
    const timesteps = [...golden.tensor(`${name}.timesteps`).data];
    const tokens = context_rows[0]!.length * chunkTokens;
    outputs[`${name}.out`] = await predictImages(unet, golden.tensor(`${name}.sample`), timesteps, contexts, tokens);
  }
  await unet.release();
  return outputs;
};

const LoraParams = z.looseObject({
  model: z.string(),
  lora: z.string(),
  unet_multiplier: z.number(),
  te_multiplier: z.number(),
});

const lora: Computation = async (golden) => {
  const params = LoraParams.parse(golden.manifest.params);
  const model = await open(golden, params.model);
  const { patches } = await loraPatches(await open(golden, params.lora), { unet: model, textEncoder: model });
  const outputs: Record<string, Float32Array> = {};
  const ids = chunksOf(golden.tensor('input_ids'));
  const textPatches = patches.filter(({ component }) => component === 'textEncoder');
  let contexts: Float32Array[] = [];
  for (const name of clipSkipOutputs(golden)) {
    const options = {
      clipSkip: Number(name.slice('clip_skip'.length)),
      loras: [{ patches: textPatches }],
      runtime: RUNTIME,
    };
    const encoder = new TextEncoder(model, options);
    const encoded = await encoder.encode(ids, [params.te_multiplier]);
    outputs[name] = joined(encoded);
    if (name === 'clip_skip1') contexts = encoded;
    await encoder.release();
  }
  const unet = new UNet(model, {
    loras: [{ patches: patches.filter(({ component }) => component === 'unet') }],
    runtime: RUNTIME,
  });
  outputs.out = await predictImages(
    unet,
    golden.tensor('sample'),
    [...golden.tensor('timestep').data],
    contexts,
    golden.tensor('input_ids').dims[1]!,
    [[params.unet_multiplier]],
  );
  await unet.release();
  return outputs;
};

const MotionParams = z.looseObject({
  model: z.string(),
  motion_module: z.string(),
  /** Read the motion module as if its file had this version's layout. */
  motion_layout: MotionLayout.optional(),
  motion_loras: z.array(z.object({ file: z.string(), weight: z.number() })).default([]),
  adapter: z.string().optional(),
  weight: z.number().optional(),
});
const MotionOutputs = z.record(
  z.string(),
  z.object({ frames: z.int(), timestep: z.number(), per_frame_context: z.boolean() }),
);

const motion: Computation = async (golden) => {
  const params = MotionParams.parse(golden.manifest.params);
  const inputs = await openCase(golden.folder, `${golden.id.split('/')[0]}/${golden.manifest.inputs}`);
  const model = await open(golden, params.model);
  const motionModule = motionModuleAs(params.motion_layout ?? null, await open(golden, params.motion_module));
  const named = [
    ...params.motion_loras,
    ...(params.adapter ? [{ file: params.adapter, weight: params.weight ?? 1 }] : []),
  ];
  const loras: UNetLora[] = [];
  for (const { file } of named) loras.push(await loraPatches(await open(golden, file), { unet: model, motionModule }));
  const unet = new UNet(model, { motionModule, loras, runtime: RUNTIME });
  const x = inputs.tensor('x');
  const [, , , height, width] = x.dims as [number, number, number, number, number];
  const contexts = rows(inputs.tensor('context'));
  const outputs: Record<string, Float32Array> = {};
  for (const [name, { frames, timestep, per_frame_context }] of Object.entries(
    MotionOutputs.parse(golden.manifest.outputs),
  )) {
    const perFrame = per_frame_context ? rows(inputs.tensor('context_frames')) : [];
    const clips = await unet.predict({
      samples: rows(x).map((clip) => clip.subarray(0, (clip.length / x.dims[1]!) * frames)),
      frames,
      height,
      width,
      timesteps: [timestep],
      contexts: contexts.map((context, clip) =>
        Array.from({ length: frames }, (_, frame) => (clip === 0 ? (perFrame[frame] ?? context) : context)),
      ),
      tokens: inputs.tensor('context').dims[1]!,
      loraStrengths: named.map(({ weight }) => Array<number>(frames).fill(weight)),
    });
    outputs[name] = joined(clips);
  }
  await unet.release();
  return outputs;
};

const FileParams = z.looseObject({ files: z.record(z.string(), z.string()) });

/** One model in several files: each file's outputs `<name>.context`, `.out` and, if the case has it, `.decoded`. */
const files: Computation = async (golden) => {
  const named = FileParams.parse(golden.manifest.params).files;
  const outputs: Record<string, Float32Array> = {};
  for (const [name, path] of Object.entries(named)) {
    const model = await open(golden, path);
    const encoder = new TextEncoder(model, { clipSkip: 1, runtime: RUNTIME });
    const contexts = await encoder.encode(chunksOf(golden.tensor('input_ids')));
    outputs[`${name}.context`] = joined(contexts);
    const unet = new UNet(model, { runtime: RUNTIME });
    const timesteps = [...golden.tensor('timestep').data];
    outputs[`${name}.out`] = await predictImages(unet, golden.tensor('sample'), timesteps, contexts, encoder.tokens);
    if (golden.has(`${name}.decoded`)) outputs[`${name}.decoded`] = await decodeWith(golden, model);
    await Promise.all([encoder.release(), unet.release()]);
  }
  // A separate VAE file is named only in the text that describes its output.
  for (const [output, text] of Object.entries(z.record(z.string(), z.string()).parse(golden.manifest.outputs))) {
    const path = /models\/[\w.-]+/.exec(text)?.[0];
    if (path && golden.has(output)) outputs[output] = await decodeWith(golden, await open(golden, path));
  }
  return outputs;
};

async function decodeWith(golden: GoldenCase, file: WeightsFile): Promise<Float32Array> {
  const autoencoder = new Vae(file, RUNTIME);
  const latents = golden.tensor('latents');
  const [count, , height, width] = latents.dims as [number, number, number, number];
  const decoded = await autoencoder.decode(Float32Array.from(latents.data), count, height, width);
  await autoencoder.release();
  return decoded;
}

const ModuleInputs = z.record(z.string(), z.object({ file: z.string(), channels: z.int(), frames: z.int() }));

/** Single motion blocks, `<kind>.<block>.<level>.<layer>`. */
const motionBlocks: Computation = async (golden) => {
  const outputs: Record<string, Float32Array> = {};
  for (const [name, { file: path, frames }] of Object.entries(ModuleInputs.parse(golden.manifest.inputs))) {
    const file = await open(golden, path);
    const description = describeModel(file);
    const version: MotionVersion = description.kind === 'motion-module' ? description.version : 'v2';
    const input = golden.tensor(`${name}.in`);
    const graph = new GraphBuilder();
    const blocks = new MotionBlocks(graph, file.tensors, {
      clips: input.dims[0]! / frames,
      frames,
      version,
      config: componentConfig(file).motionModule,
      patches: new Map(),
    });
    const [, blockKind, level, layer] = name.split('.');
    const x = graph.input('x', input.dims);
    graph.output('y', blocks.after(x, `${blockKind}.${level}.resnets.${layer}`));
    const session = await Session.create(graph.toModel(), RUNTIME);
    const ones = { data: new Float32Array(input.dims[0]!).fill(1), dims: [input.dims[0]!] };
    const x32 = { data: Float32Array.from(input.data), dims: input.dims };
    outputs[`${name}.out`] = await session.run({ x: x32, motion_scale: ones });
    await session.release();
  }
  return outputs;
};

/** How to compute a component case, found by the parts of its manifest; null for other cases. */
export function componentComputation(golden: GoldenCase): Computation | null {
  const { manifest, has } = golden;
  const params = manifest.params ?? {};
  if (FileParams.safeParse(params).success) return files;
  if (LoraParams.safeParse(params).success) return lora;
  if ('controlnets' in params) return controlNets;
  if (MotionParams.safeParse(params).success) return motion;
  if (ModuleInputs.safeParse(manifest.inputs).success) return motionBlocks;
  if (ContextRows.safeParse(manifest.inputs).success) return unetImages;
  if (has('latents') && hasTolerance(golden, 'decoded')) return vae;
  if (has('input_ids')) return textEncoder;
  return null;
}
