import { setImmediate } from 'node:timers/promises';
import type { TravelPlan } from '../../plan/plan.ts';
import { modelCalls } from '../../plan/steps.ts';
import { windowPositions } from '../../plan/windows.ts';
import type { RenderProgress, RenderRequest, RenderResult, RenderTimings } from '../../protocol/engine.ts';
import type { Frames } from '../media/frames.ts';
import { toRgb } from '../media/pixels.ts';
import { checkOutputs, writeOutputs } from '../media/write.ts';
import { VAE_FACTOR } from '../models/vae/vae.ts';
import { secondsInRuntime } from '../onnx/session.ts';
import { ProgressReporter } from '../progress.ts';
import { FrameNoise } from '../random/frame-noise.ts';
import { createSampler } from '../schedulers/a1111.ts';
import { MOTION_BETAS, SD15_BETAS } from '../schedulers/betas.ts';
import { loadTokenizer } from '../tokenizer.ts';
import { type LoadedModels, loadModels } from './components.ts';
import { Conditioning } from './conditioning.ts';
import { Denoiser } from './denoiser.ts';
import { EncodingCache, encodePrompts } from './encode-prompts.ts';
import { sampleLatents } from './sampling.ts';

export interface RenderContext {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RenderProgress) => void;
  readonly log: (line: string) => void;
}

/** AnimateDiff's pipeline: a plan becomes latents, frames and files. @throws where `failureOf` says why it could not */
export async function renderPlan(
  { plan, mode, cacheFolder }: RenderRequest,
  { signal, onProgress, log }: RenderContext,
): Promise<RenderResult> {
  const progress = new ProgressReporter(onProgress);
  const runtimeBefore = secondsInRuntime();
  await checkOutputs(plan.output);

  progress.begin('load');
  const models = await loadModels(plan, mode, log);
  try {
    progress.begin('encode');
    const conditioning = await encodePlan(plan, models, cacheFolder, progress, signal);
    progress.begin('sample');
    const latents = await samplePlan(plan, models, conditioning, progress, signal);
    // Sessions keep the memory that their runs have needed, and the decoder needs as much again.
    await models.unet.release();
    progress.begin('decode');
    const frames = await decode(plan, models, latents, progress, signal);
    progress.begin('write');
    const { files } = await writeOutputs(frames, plan, {
      signal,
      onFile: () => progress.advance(plan.output.formats.length),
    });
    const timings: RenderTimings = { ...progress.finish(), runtime: secondsInRuntime() - runtimeBefore };
    return { ok: true, files, timings, device: models.device };
  } finally {
    await models.release();
  }
}

/** All prompts of a plan, encoded and ready to be mixed. */
export async function encodePlan(
  plan: TravelPlan,
  models: LoadedModels,
  cacheFolder: string | null,
  progress: ProgressReporter,
  signal: AbortSignal,
): Promise<Conditioning> {
  const prompts = await encodePrompts(plan, {
    encoder: models.textEncoder,
    tokenizer: await loadTokenizer(),
    embeddings: models.embeddings,
    loraStrengths: models.textEncoderStrengths,
    cache: new EncodingCache(cacheFolder, models.textEncoderIdentity),
    onPrompt: (_, total) => {
      signal.throwIfAborted();
      progress.advance(total);
    },
  });
  return new Conditioning(prompts, plan);
}

/** A plan's latents, from noise to the last step: `[frames, 4, height/8, width/8]`, flat. */
export async function samplePlan(
  plan: TravelPlan,
  models: LoadedModels,
  conditioning: Conditioning,
  progress: ProgressReporter,
  signal: AbortSignal,
): Promise<Float32Array> {
  const { sampler, schedule, steps, seed } = plan.sampling;
  const [height, width] = [plan.height / VAE_FACTOR, plan.width / VAE_FACTOR];
  const betas = plan.models.motionModule ? MOTION_BETAS : SD15_BETAS;
  const scheduler = createSampler(sampler, schedule, steps, betas);
  const noise = new FrameNoise(
    plan.frames.map(({ index }) => seed + index),
    4 * height * width,
  );
  const denoiser = new Denoiser({
    unet: models.unet,
    conditioning,
    frames: plan.frames,
    height,
    width,
    loraStrengths: models.unetStrengths,
  });
  const count = plan.frames.length;
  const { windows } = plan.context;
  if (scheduler.timesteps.length !== windows.length) {
    throw new Error(
      `${sampler} makes ${scheduler.timesteps.length} steps, and the plan has windows for ${windows.length}.`,
    );
  }
  const total = modelCalls(windows);
  return sampleLatents({
    scheduler,
    noise: noise.next(),
    frames: count,
    windowsAt: (step) => windows[step]!.map((window) => windowPositions(window, count)),
    fuse: plan.context.fuse,
    predict: (positions, latents, step, timestep) => denoiser.predict(positions, latents, step, timestep),
    stepNoise: () => noise.next(),
    onWindow: async (step, window) => {
      // Running a graph blocks the thread: let a request to cancel in.
      await setImmediate();
      signal.throwIfAborted();
      progress.report(total, { step: step + 1, window: window + 1 });
    },
    onWindowDone: () => progress.advance(total),
  });
}

async function decode(
  plan: TravelPlan,
  { vae }: LoadedModels,
  latents: Float32Array,
  progress: ProgressReporter,
  signal: AbortSignal,
): Promise<Frames> {
  const { width, height } = plan;
  const count = plan.frames.length;
  const size = latents.length / count;
  const pictures: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    await setImmediate();
    signal.throwIfAborted();
    const frame = latents.subarray(i * size, (i + 1) * size);
    pictures.push(toRgb(await vae.decode(frame, 1, height / VAE_FACTOR, width / VAE_FACTOR)));
    progress.advance(count);
  }
  return { width, height, count, rgb: (index) => pictures[index]! };
}
