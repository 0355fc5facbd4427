import type { MemoryPlan } from '../../plan/memory.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import type { Sampler } from '../../plan/samplers.ts';
import { iterationsOf, modelCalls, samplingCalls } from '../../plan/steps.ts';
import { windowPositions } from '../../plan/windows.ts';
import { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { Frames } from '../media/frames.ts';
import { memoryDemand } from '../models/memory.ts';
import { VAE_FACTOR } from '../models/vae/vae-factor.ts';
import { PreviewDecoder, type PreviewOptions } from '../pictures/preview-decoder.ts';
import { createSampler } from '../schedulers/a1111.ts';
import { alphasCumprod, MOTION_BETAS, SD15_BETAS } from '../schedulers/betas.ts';
import { SigmaTable } from '../schedulers/sigmas.ts';
import { betweenCalls } from './between-calls.ts';
import { openComponents, unetLoraStrengths } from './components.ts';
import type { Conditioning } from './conditioning.ts';
import type { PipelineContext } from './context.ts';
import { type ControlsAt, openControls } from './controls.ts';
import { decodeLatents } from './decode.ts';
import { isWholeCall } from './deep-cache.ts';
import { Denoiser, type DenoiserOptions, type DenoisingModel } from './denoiser.ts';
import { encodePlan } from './encode-prompts.ts';
import { renewedNoise } from './free-init.ts';
import { encodeImages, heldFrames, type ImageLatents, startLatents } from './image-to-image.ts';
import { inpaintingInputs, keptLatents, type LatentMasks, readMasks } from './inpainting.ts';
import { sampleIterations } from './iterations.ts';
import { RenderMemory } from './memory.ts';
import { runNoise } from './run-noise.ts';
import type { Sampled } from './sampling.ts';

/**
 * Text to video with Stable Diffusion 1.5 and AnimateDiff, or to images without a motion module; also from images, which
 * some frames start from.
 *
 * @returns the plan's frames, decoded as far as they are shown; `stoppedAfter`: the steps that were made if it was told
 * to stop before the last one, else null
 */
export async function animateDiff(
  plan: TravelPlan,
  context: PipelineContext,
): Promise<{ frames: Frames; stoppedAfter: number | null }> {
  const { progress, pictures } = context;
  const components = await openComponents(plan, context);
  const { unet, vae, vaeEncoder, textEncoder } = components;
  const models = [textEncoder, unet, vae, vaeEncoder, context.store.film];
  const memory = new RenderMemory(memoryDemand(plan, components, context.runtime), models, context);

  const conditioning = await memory.run('prompts', () => {
    progress.begin('encode');
    return encodePlan(plan, components, context);
  });
  const images = await memory.run('images', ({ tile }) => encodeImages(plan, vaeEncoder, context, tile));
  const masks = await readMasks(plan, context);
  const besides = unet.isInpainting
    ? await memory.run('images', ({ tile }) => inpaintingInputs(plan, vaeEncoder, context, tile))
    : null;
  const controls = await memory.run('hints', () => openControls(plan, unet, context));

  // A session keeps the memory that its runs needed. If there is not enough for both, UNet and VAE take turns.
  if (!memory.together) await vae.release();
  if (vaeEncoder !== vae) await vaeEncoder.release();
  pictures.begin(plan, vae.latentRgb, memory.isTight ? null : previewsOf(plan, context));
  const { latents, steps, isWhole } = await memory.run('sample', async (limits) => {
    await unet.allow(limits.calls);
    return samplePlan(plan, { unet, images, masks, besides, controls }, conditioning, context, limits);
  });

  pictures.sampled();
  if (!memory.together) await unet.release();
  const stoppedAfter = isWhole || steps === plan.sampling.until ? null : steps;
  // Saved frames are those after all steps.
  const checkpoint =
    stoppedAfter === null ? context.checkpoint : new Checkpoint({ folder: null, plan, warn: context.warn });
  const frames = await memory.run('decode', (limits) => {
    progress.begin('decode');
    return decodeLatents(plan, vae, latents, { ...context, checkpoint }, limits);
  });
  return { frames, stoppedAfter };
}

/** How to decode the clip while it is sampled; null: the plan has no decoder for it. */
function previewsOf(plan: TravelPlan, { runtime, warn }: Pick<PipelineContext, 'runtime' | 'warn'>) {
  const { previewDecoder: decoder } = plan.models;
  if (!decoder) return null;
  return (onFrame: PreviewOptions['onFrame']) =>
    new PreviewDecoder({ plan: { ...plan, decoder }, runtime, onFrame, warn });
}

/** What a run needs besides the plan and its prompts. */
export interface SamplingInputs {
  readonly unet: DenoisingModel;
  readonly images: ImageLatents;
  /** Absent: none. */
  readonly masks?: LatentMasks;
  /** From `inpaintingInputs`, for a UNet of an inpainting model. */
  readonly besides?: readonly Float32Array[] | null;
  /** Of ControlNets; absent: none. */
  readonly controls?: ControlsAt;
}

/**
 * Denoise a plan's frames, from noise, its images or the last saved step to the last step, or to the one after which it
 * has to stop.
 *
 * @param memory how much goes through the UNet at once; default: what is fastest
 * @returns latents `[frames, 4, height/8, width/8]`, flat
 */
export async function samplePlan(
  plan: TravelPlan,
  { unet, images, masks = new Map(), besides = null, controls = async () => [] }: SamplingInputs,
  conditioning: Conditioning,
  context: Pick<PipelineContext, 'files' | 'checkpoint' | 'progress' | 'pictures' | 'signal' | 'stopHere'>,
  memory?: MemoryPlan,
): Promise<Sampled> {
  const { checkpoint, progress, pictures, stopHere } = context;
  const { sampling, context: windowed, frames, models } = plan;
  const [height, width] = [plan.height / VAE_FACTOR, plan.width / VAE_FACTOR];
  const betas = {
    ...(models.motionModule ? MOTION_BETAS : SD15_BETAS),
    zeroTerminalSnr: unet.zeroTerminalSnr ?? false,
  };
  const scheduler = createSampler(sampling, betas);
  const rows = windowed.windows;
  if (rows.length !== samplingCalls(sampling)) {
    throw new Error(
      `${sampling.sampler} calls its model ${samplingCalls(sampling)} times, but the plan has windows for ${rows.length} calls.`,
    );
  }
  const alphas = alphasCumprod(betas);
  const sigmas = new SigmaTable(alphas);
  const denoiser = new Denoiser({
    unet,
    sigmaAt: (timestep) => sigmas.sigmaAt(timestep),
    conditioning,
    frames,
    height,
    width,
    loraStrengths: (windowFrames) => unetLoraStrengths(plan, windowFrames),
    besides,
    ...GUIDANCE[sampling.sampler],
    needsNegative: scheduler.needsNegative ?? false,
    rescale: sampling.cfgRescale,
    freeU: sampling.freeU,
    deepInterval: sampling.deepCache?.interval,
    memory,
  });
  const resumeFrom = await checkpoint.sampling();
  /** Of a sampler that decides its steps itself, it is only an estimate. */
  const rowAt = (call: number) => rows[call % rows.length]!;
  const callsBefore = (resumeFrom?.earlier?.calls ?? 0) + (resumeFrom?.calls ?? 0);
  const before = Array.from({ length: callsBefore }, (_, call) => rowAt(call));
  const iterations = iterationsOf(sampling);
  const total = iterations * modelCalls(rows);
  progress.begin('sample', modelCalls(before), total);
  const noise = runNoise(plan, betas);
  const faded = startLatents(frames, images, noise.fading);
  const inpainting = keptLatents(frames, faded, images, masks);
  const start = inpainting?.start ?? faded;
  const shape = { frames: frames.length, channels: 4, height, width };
  const { freeInit } = sampling;
  return sampleIterations({
    scheduler,
    noise,
    start,
    kept: inpainting?.kept ?? null,
    iterations,
    renewed: (clean) =>
      freeInit ? renewedNoise(clean, noise.initial, { freeInit, shape, alpha: alphas.at(-1)! }) : noise.initial,
    heldWith: (initial) => heldFrames(frames, sampling, scheduler, { start, noise: initial }),
    frames: frames.length,
    windowsAt: (call) => rowAt(call).map((window) => windowPositions(window, frames.length)),
    fuse: windowed.fuse,
    windowsAtOnce: memory?.calls ?? 1,
    predict: async (positions, { input, timestep }, place) =>
      denoiser.predict(positions, input, place.call, timestep, {
        window: place.window,
        controls: await controls(positions, place),
      }),
    resumeFrom,
    onWindow: async ({ step }, window) => {
      progress.report(total, { step: step + 1, window: window + 1 });
      await betweenCalls(context);
    },
    onWindowDone: () => progress.advance(total),
    onStep: async (state, clean) => {
      const steps = (state.earlier?.steps ?? 0) + state.steps;
      pictures.step(steps, clean);
      // Kept features are not saved.
      if (!state.isWhole && !isWholeCall(state.calls, sampling.deepCache?.interval ?? 1)) return;
      // The estimate cannot be computed from the state after its step.
      if (steps !== sampling.until) await checkpoint.saveSampling(state);
    },
    endsAfter: (made) => made === sampling.until || stopHere.aborted,
  });
}

/** Samplers whose guidance is not the usual one. */
const GUIDANCE: Partial<Record<Sampler, Pick<DenoiserOptions, 'scaleFactor'>>> = {
  // CFG++ has scales from 0 to 1, which A1111 maps the usual ones to.
  'DDIM CFG++': { scaleFactor: 1 / 12.5 },
};
