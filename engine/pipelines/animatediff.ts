import { setImmediate } from 'node:timers/promises';
import type { TravelPlan } from '../../plan/plan.ts';
import { modelCalls } from '../../plan/steps.ts';
import { windowPositions } from '../../plan/windows.ts';
import type { Frames } from '../media/frames.ts';
import { fitTogether } from '../models/memory.ts';
import { VAE_FACTOR } from '../models/vae/vae.ts';
import { FrameNoise } from '../random/frame-noise.ts';
import { createSampler } from '../schedulers/a1111.ts';
import { MOTION_BETAS, SD15_BETAS } from '../schedulers/betas.ts';
import { type Components, openComponents, unetLoraStrengths } from './components.ts';
import type { Conditioning } from './conditioning.ts';
import type { PipelineContext } from './context.ts';
import { decodeLatents } from './decode.ts';
import { Denoiser } from './denoiser.ts';
import { encodePlan } from './encode-prompts.ts';
import { sampleLatents } from './sampling.ts';

/**
 * Text to video with Stable Diffusion 1.5 and AnimateDiff, or to images without a motion module.
 *
 * @returns the plan's frames, decoded as far as they are shown
 */
export async function animateDiff(plan: TravelPlan, context: PipelineContext): Promise<Frames> {
  const { progress } = context;
  const components = await openComponents(plan, context);
  const { unet, vae } = components;
  const together = fitTogether(plan, components, context.runtime);

  progress.begin('encode');
  const conditioning = await encodePlan(plan, components, context);

  // A session keeps the memory that its runs needed. If there is not enough for both, UNet and VAE take turns.
  if (!together) await vae.release();
  progress.begin('sample');
  const latents = await samplePlan(plan, components, conditioning, context);

  if (!together) await unet.release();
  progress.begin('decode');
  return decodeLatents(plan, vae, latents, context);
}

/**
 * Denoise a plan's frames, from noise or the last saved step to the last step.
 *
 * @returns latents `[frames, 4, height/8, width/8]`, flat
 */
export async function samplePlan(
  plan: TravelPlan,
  { unet }: { readonly unet: Pick<Components['unet'], 'predict'> },
  conditioning: Conditioning,
  { files, checkpoint, progress, signal }: Pick<PipelineContext, 'files' | 'checkpoint' | 'progress' | 'signal'>,
): Promise<Float32Array> {
  const { sampler, schedule, steps, seed } = plan.sampling;
  const { windows, fuse } = plan.context;
  const { frames } = plan;
  const [height, width] = [plan.height / VAE_FACTOR, plan.width / VAE_FACTOR];
  const betas = plan.models.motionModule ? MOTION_BETAS : SD15_BETAS;
  const scheduler = createSampler(sampler, schedule, steps, betas);
  if (scheduler.timesteps.length !== windows.length) {
    throw new Error(
      `${sampler} makes ${scheduler.timesteps.length} steps, but the plan has windows for ${windows.length} steps.`,
    );
  }
  const noise = new FrameNoise(
    frames.map(({ index }) => seed + index),
    4 * height * width,
  );
  const denoiser = new Denoiser({
    unet,
    conditioning,
    frames,
    height,
    width,
    loraStrengths: (windowFrames) => unetLoraStrengths(plan, windowFrames),
  });
  const total = modelCalls(windows);
  const resumeFrom = await checkpoint.sampling();
  if (resumeFrom) progress.resume(modelCalls(windows.slice(0, resumeFrom.steps)), total);
  return sampleLatents({
    scheduler,
    noise: noise.next(),
    frames: frames.length,
    windowsAt: (step) => windows[step]!.map((window) => windowPositions(window, frames.length)),
    fuse,
    predict: (positions, sample, step, timestep) => denoiser.predict(positions, sample, step, timestep),
    stepNoise: () => noise.next(),
    resumeFrom,
    onWindow: async (step, window) => {
      // Running a graph blocks the thread. This lets a cancel request in.
      await setImmediate();
      signal.throwIfAborted();
      progress.report(total, { step: step + 1, window: window + 1 });
      await files.check();
    },
    onWindowDone: () => progress.advance(total),
    onStep: (state) => checkpoint.saveSampling(state),
  });
}
