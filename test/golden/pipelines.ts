import { join } from 'node:path';
import { z } from 'zod';
import { loraPatches } from '../../engine/lora/patches.ts';
import { type PixelRounding, toRgb } from '../../engine/media/pixels.ts';
import { UNet } from '../../engine/models/unet/unet.ts';
import type { UNetLora } from '../../engine/models/unet/unet-input.ts';
import { Vae } from '../../engine/models/vae/vae.ts';
import { cpu } from '../../engine/onnx/session.ts';
import { Conditioning } from '../../engine/pipelines/conditioning.ts';
import { Denoiser, type WindowControl } from '../../engine/pipelines/denoiser.ts';
import { sampleLatents } from '../../engine/pipelines/sampling.ts';
import { NO_MEMORY } from '../../engine/schedulers/scheduler.ts';
import { mixFrames } from '../../plan/mixing.ts';
import type { PlanFrame } from '../../plan/plan.ts';
import { openWeights } from '../../weights/open.ts';
import { embedAll } from '../engine/models/controlnet/embed-all.ts';
import { createDiffusersScheduler, DiffusersConfig } from '../engine/schedulers/diffusers.ts';
import { type Computation, type GoldenCase, openCase } from './case.ts';
import { HINTS, hintsOf } from './controlnet.ts';

const Params = z.looseObject({
  model: z.string(),
  motion_module: z.string(),
  scheduler: z.string(),
  scheduler_config: z.record(z.string(), z.unknown()).optional(),
  frames: z.int(),
  steps: z.int(),
  guidance: z.number(),
  strength: z.number().optional(),
  frame_indices: z.array(z.int()),
  fuse: z.enum(['average', 'overwrite']).optional(),
  windows_per_step: z.array(z.array(z.array(z.int()))).optional(),
  keyframes: z.record(z.string(), z.string()).optional(),
  prompt_closed_loop: z.boolean().default(false),
  motion_loras: z.array(z.object({ file: z.string(), weight: z.number() })).default([]),
  controlnet: z.string().optional(),
  weight: z.number().default(1),
});

const CLASSES: Readonly<Record<string, string>> = { ddim: 'DDIMScheduler', euler: 'EulerDiscreteScheduler' };

/** For manifests without a scheduler config: the values of the other manifests (linear betas with a motion module). */
const DEFAULT_CONFIG = {
  beta_schedule: 'linear',
  beta_start: 0.00085,
  beta_end: 0.012,
  steps_offset: 1,
  clip_sample: false,
};

/** Video to video has its own noise, and these encoded prompts. */
const SHARED_INPUTS = 'pipelines/inputs';

/** AnimateDiff sampling from the case's noise and encoded prompts. */
export const pipeline: Computation = async (golden) => {
  const params = Params.parse(golden.manifest.params);
  const scheduler = createDiffusersScheduler(
    DiffusersConfig.parse({ class: CLASSES[params.scheduler], ...(params.scheduler_config ?? DEFAULT_CONFIG) }),
    params.steps,
  );
  const inputs = await openCase(
    golden.folder,
    params.strength === undefined ? z.string().parse(golden.manifest.inputs).split(' ')[0]! : SHARED_INPUTS,
  );
  const noise = (params.strength === undefined ? inputs : golden).tensor('noise');
  const initial = Float32Array.from(noise.data);
  const [, channels, height, width] = noise.dims as [number, number, number, number];
  const frameSize = channels * height * width;

  const open = (file: string) => openWeights(join(golden.folder, file));
  const [model, motionModule] = [await open(params.model), await open(params.motion_module)];
  const loras: UNetLora[] = [];
  for (const { file } of params.motion_loras) loras.push(await loraPatches(await open(file), { motionModule }));
  const controlNets = params.controlnet === undefined ? [] : [await open(params.controlnet)];
  const unet = new UNet(model, { motionModule, loras, controlNets, runtime: cpu() });
  const hints =
    controlNets.length === 0
      ? []
      : await embedAll(unet, 0, hintsOf((await openCase(golden.folder, HINTS)).tensor('hint_canny')), {
          height,
          width,
        });
  const controlsOf = (positions: readonly number[]): WindowControl[] =>
    controlNets.map((_, controlNet) => ({
      controlNet,
      hints: positions.map((position) => hints[position]!),
      weights: positions.map(() => params.weight),
      soft: false,
      pooled: false,
      negative: true,
    }));

  const { conditioning, frames } = conditioningOf(golden, inputs, params);
  const denoiser = new Denoiser({
    unet,
    conditioning,
    frames,
    height,
    width,
    loraStrengths: (window) => params.motion_loras.map(({ weight }) => window.map(() => weight)),
  });
  const whole = [Array.from({ length: params.frames }, (_, frame) => frame)];
  const vae = new Vae(model, cpu());
  // diffusers' `get_timesteps` of video to video.
  const first = params.strength === undefined ? 0 : params.steps - Math.trunc(params.steps * params.strength);
  const start =
    params.strength === undefined ? null : scheduler.addNoise(await videoLatents(golden, vae), initial, first);
  let afterStep1: Float32Array | undefined;
  const { latents } = await sampleLatents({
    scheduler,
    noise: {
      initial: initial.slice(0, params.frames * frameSize),
      between: () => {
        throw new Error('Only samplers that add no noise are expected here.');
      },
      skip: () => undefined,
    },
    frames: params.frames,
    windowsAt: (step) => params.windows_per_step?.[step] ?? whole,
    fuse: params.fuse === 'overwrite' ? 'overwrite' : 'flat',
    predict: (positions, { input, timestep }, { call }) =>
      denoiser.predict(positions, input, call, timestep, { controls: controlsOf(positions) }),
    resumeFrom: start && {
      steps: first,
      calls: first,
      latents: start,
      memory: NO_MEMORY,
      isWhole: false,
      noiseDraws: 0,
    },
    onStep: async (state) => {
      if (state.steps === first + 1) afterStep1 = state.latents;
    },
  });
  await unet.release();
  const frames_u8 = await decodedFrames(vae, latents, params.frame_indices, { height, width, frameSize }, 'round');
  await vae.release();
  return { latents, after_step1: afterStep1!, frames_u8 };
};

/** The latents of a case's video. */
async function videoLatents(golden: GoldenCase, vae: Vae): Promise<Float32Array> {
  const video = golden.tensor('video');
  const [count, , height, width] = video.dims as [number, number, number, number];
  const pixels = Float32Array.from(video.data, (value) => value / 127.5 - 1);
  const { mean } = await vae.encode(pixels, count, height, width);
  return mean.map((value) => value * vae.scalingFactor);
}

function conditioningOf(golden: GoldenCase, inputs: GoldenCase, params: z.infer<typeof Params>) {
  const keyframes = Object.entries(params.keyframes ?? { '0': 'cond' }).map(([frame, name]) => ({
    frame: Number(frame),
    name,
  }));
  const encoded = (name: string) => {
    const { data, dims } = inputs.tensor(name);
    return [
      {
        weight: 1,
        variants: [{ untilStep: params.steps, encoding: { data: Float32Array.from(data), tokens: dims[0]! } }],
      },
    ];
  };
  const prompts = [
    ...keyframes.map(({ name }) => ({ positive: encoded(name), negative: [] })),
    { positive: [], negative: encoded('uncond') },
  ];
  const negative = { from: keyframes.length, to: keyframes.length, t: 0 };
  const mixes = mixFrames(
    keyframes.map(({ frame }) => ({ frame, holdEnd: frame, transition: { kind: 'linear' } })),
    params.frames,
    params.prompt_closed_loop,
  );
  const frames = mixes.map(
    (positive, index): PlanFrame => ({
      index,
      positive,
      negative,
      cfgScale: params.guidance,
      motionScale: 1,
      loras: [],
    }),
  );
  if (frames.length === 0) throw new Error(`${golden.id} has no frames.`);
  return { conditioning: new Conditioning(prompts, { mix: 'slerp', promptEditing: 'frozen' }), frames };
}

/** Some frames decoded to 8 bits, `[frames, 3, height, width]`, flat. */
export async function decodedFrames(
  vae: Vae,
  latents: Float32Array,
  indices: readonly number[],
  { height, width, frameSize }: { height: number; width: number; frameSize: number },
  rounding: PixelRounding,
): Promise<Uint8Array> {
  const values: number[] = [];
  for (const index of indices) {
    const latent = latents.slice(index * frameSize, (index + 1) * frameSize);
    const rgb = toRgb(await vae.decode(latent, 1, height, width), rounding);
    for (let channel = 0; channel < 3; channel++) {
      for (let i = channel; i < rgb.length; i += 3) values.push(rgb[i]!);
    }
  }
  return Uint8Array.from(values);
}
