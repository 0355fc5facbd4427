import type { PlanFrame, TravelPlan } from '../../plan/plan.ts';
import { type StepChoice, samplingSteps } from '../../plan/steps.ts';
import { planPictures } from '../inputs/pictures.ts';
import { encodeInTiles, latentSide } from '../models/vae/tiles.ts';
import type { Vae } from '../models/vae/vae.ts';
import { VAE_FACTOR } from '../models/vae/vae-factor.ts';
import type { Scheduler } from '../schedulers/scheduler.ts';
import { betweenCalls } from './between-calls.ts';
import type { PipelineContext } from './context.ts';

/** By index into the plan's images: `[4, height/8, width/8]`, flat. */
export type ImageLatents = ReadonlyMap<number, Float32Array>;

/** What encodes an image. */
export type Encoder = Pick<Vae, 'encode' | 'scalingFactor'>;

/**
 * The latents of the images that some frame of a plan starts from, each `[4, height/8, width/8]`, flat. They are the mean of the VAE's distribution, so
 * they are the same in every render; A1111 draws from it.
 *
 * @param tile side of the tiles in pixels in which they are encoded; null: whole images
 * @throws RenderError if a file has changed since it was planned, or cannot be used; BadModelError if the VAE only decodes
 */
export async function encodeImages(
  { images, frames, width, height }: Pick<TravelPlan, 'images' | 'frames' | 'width' | 'height'>,
  vae: Encoder,
  {
    files,
    progress,
    ...input
  }: Pick<PipelineContext, 'files' | 'progress' | 'signal' | 'warn' | 'info' | 'cacheFolder'>,
  tile: number | null = null,
): Promise<ImageLatents> {
  const latents = new Map<number, Float32Array>();
  const used = new Set(
    frames.flatMap(({ start = [], inpaint }) => [
      ...start.map(({ image }) => image),
      ...(inpaint ? [inpaint.image] : []),
    ]),
  );
  if (used.size > 0) progress.begin('encode', 0, used.size);
  const onTile = () => betweenCalls({ files, signal: input.signal });
  for await (const { indices, rgb } of planPictures(images, used, { width, height }, input)) {
    await onTile();
    const encoded = await encodePixels(vae, toPixels(rgb), { width, height }, tile, onTile);
    for (const index of indices) {
      latents.set(index, encoded);
      progress.advance(used.size);
    }
  }
  return latents;
}

/**
 * The latents of one image as the UNet takes them, `[4, height/8, width/8]`, flat: the mean of the VAE's distribution,
 * scaled.
 *
 * @param pixels `[3, height, width]` in −1…1, flat
 * @param tile side of the tiles in pixels; null: the whole image
 * @param onTile called before each tile; throwing ends the work
 */
export async function encodePixels(
  vae: Encoder,
  pixels: Float32Array,
  { width, height }: Pick<TravelPlan, 'width' | 'height'>,
  tile: number | null,
  onTile: () => Promise<void>,
): Promise<Float32Array> {
  const shape = { height: height / VAE_FACTOR, width: width / VAE_FACTOR };
  const meanOf = async (part: Float32Array, h: number, w: number) =>
    (await vae.encode(part, 1, h * VAE_FACTOR, w * VAE_FACTOR)).mean;
  const mean =
    tile === null
      ? await meanOf(pixels, shape.height, shape.width)
      : await encodeInTiles(pixels, { ...shape, side: latentSide(tile), onTile }, meanOf);
  return mean.map((value) => value * vae.scalingFactor);
}

/** 8-bit RGB `[height, width, 3]` as the VAE's `[3, height, width]` in −1…1. */
export function toPixels(rgb: Uint8Array): Float32Array {
  const area = rgb.length / 3;
  return Float32Array.from({ length: rgb.length }, (_, i) => {
    const [channel, pixel] = [Math.floor(i / area), i % area];
    return (rgb[pixel * 3 + channel]! / 255) * 2 - 1;
  });
}

/** Whether some frame starts from an image that has faded, so that noise is mixed into it before the run's own. */
export function hasFading(frames: readonly Pick<PlanFrame, 'start'>[]): boolean {
  return frames.some(({ start }) => start !== undefined && shareOfNoise(start) > 0);
}

/** Shares add up to 1 only within rounding errors. */
function shareOfNoise(start: NonNullable<PlanFrame['start']>): number {
  const rest = 1 - start.reduce((sum, { share }) => sum + share, 0);
  return rest < 1e-9 ? 0 : rest;
}

/**
 * The latents that a run starts from before it adds its noise: in each frame the mix of images and noise that the plan
 * says, as sd-webui-animatediff's `AnimateDiffI2VLatent` (animatediff_latent.py).
 *
 * @param images from `encodeImages`
 * @param noise of the clip, `[frames, 4, height/8, width/8]`, flat; null if nothing fades
 * @returns null if the plan starts from noise alone
 */
export function startLatents(
  frames: readonly Pick<PlanFrame, 'start'>[],
  images: ImageLatents,
  noise: Float32Array | null,
): Float32Array | null {
  const size = [...images.values()][0]?.length;
  if (size === undefined) return null;
  const out = new Float32Array(frames.length * size);
  frames.forEach(({ start = [] }, frame) => {
    const rest = shareOfNoise(start);
    for (let i = 0; i < size; i++) {
      let value = rest > 0 ? rest * noise![frame * size + i]! : 0;
      for (const { image, share } of start) value += share * images.get(image)![i]!;
      out[frame * size + i] = value;
    }
  });
  return out;
}

/** Frames that begin later than others, because their denoising strength is lower. */
export interface HeldFrames {
  /** Of the latents after `steps` steps, those of frames that have made none are their images with the next one's noise. */
  noised(latents: Float32Array, steps: number): Float32Array;
  /** Of the estimate of the clean latents after `steps` steps, those of the same frames are their images. */
  clean(latents: Float32Array, steps: number): Float32Array;
}

/**
 * Each frame begins with the step that it would begin with alone: then the remaining ones are as many as its own strength
 * makes.
 *
 * @param start latents that the run starts from, from `startLatents`
 * @param noise that the run adds to them
 * @returns null if all frames begin with the first step
 */
export function heldFrames(
  frames: readonly Pick<PlanFrame, 'denoising'>[],
  sampling: StepChoice,
  scheduler: Scheduler,
  { start, noise }: { readonly start: Float32Array | null; readonly noise: Float32Array },
): HeldFrames | null {
  if (!start || frames.every(({ denoising }) => denoising === undefined)) return null;
  const all = samplingSteps(sampling);
  const firstSteps = frames.map(({ denoising }) =>
    denoising === undefined ? 0 : all - samplingSteps({ ...sampling, denoising }),
  );
  const size = start.length / frames.length;
  const replaced = (latents: Float32Array, steps: number, by: () => Float32Array) => {
    if (firstSteps.every((first) => first < steps)) return latents;
    const images = by();
    const out = latents.slice();
    firstSteps.forEach((first, frame) => {
      if (first < steps) return;
      out.set(images.subarray(frame * size, (frame + 1) * size), frame * size);
    });
    return out;
  };
  return {
    noised: (latents, steps) =>
      replaced(latents, steps, () => (steps < all ? scheduler.addNoise(start, noise, steps) : start)),
    clean: (latents, steps) => replaced(latents, steps, () => start),
  };
}
