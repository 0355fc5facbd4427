import type { PlanFrame, TravelPlan } from '../../plan/plan.ts';
import { PictureReader } from '../inputs/picture-reader.ts';
import { planPictures } from '../inputs/pictures.ts';
import type { InputContext } from '../inputs/source.ts';
import { readImage } from '../media/read-image.ts';
import { readMask } from '../media/read-mask.ts';
import { BICUBIC, resample } from '../media/resample.ts';
import { unchangedState } from '../models/model-files.ts';
import { VAE_FACTOR } from '../models/vae/vae-factor.ts';
import { betweenCalls } from './between-calls.ts';
import type { PipelineContext } from './context.ts';
import { type Encoder, encodePixels, type ImageLatents, toPixels } from './image-to-image.ts';

type Images = Pick<TravelPlan, 'images' | 'masks' | 'width' | 'height'>;

/** By index into the plan's masks: `[height/8, width/8]`, flat; 1 is painted anew, 0 is kept. */
export type LatentMasks = ReadonlyMap<number, Uint8Array>;

/** In a mask of 8 bits, from here on it is painted anew: A1111 rounds to 0 or 1. */
const PAINTED = 128;

const binary = (mask: Uint8Array): Uint8Array => mask.map((value) => (value < PAINTED ? 0 : 1));

/**
 * The masks of a plan's frames in the size of its latents, as A1111 scales them: with Pillow's default filter.
 *
 * @throws RenderError if a file has changed since it was planned, or is no image
 */
export async function readMasks(
  { masks, frames, width, height }: Pick<TravelPlan, 'masks' | 'frames' | 'width' | 'height'>,
  { signal }: Pick<PipelineContext, 'signal'>,
): Promise<LatentMasks> {
  const read = new Map<number, Uint8Array>();
  const small = { width: width / VAE_FACTOR, height: height / VAE_FACTOR };
  for (const index of new Set(frames.flatMap(({ inpaint }) => inpaint?.mask ?? []))) {
    signal.throwIfAborted();
    await unchangedState(masks[index]!);
    const mask = await readMask(masks[index]!.path, width, height);
    read.set(index, binary(resample(mask, { width, height }, small, BICUBIC)));
  }
  return read;
}

/** What a run keeps of the latents that it starts from. */
export class KeptLatents {
  readonly #start: Float32Array;
  /** 1 where they are kept. */
  readonly #kept: Uint8Array;

  constructor(start: Float32Array, kept: Uint8Array) {
    this.#start = start;
    this.#kept = kept;
  }

  /** Latents with those that are kept. */
  into(latents: Float32Array): Float32Array {
    return this.#chosen(latents, this.#start);
  }

  /** A prediction of noise that leads to those that are kept. @param noiseTo the noise that leads to latents */
  noise(predicted: Float32Array, noiseTo: (clean: Float32Array) => Float32Array): Float32Array {
    return this.#chosen(predicted, noiseTo(this.#start));
  }

  #chosen(latents: Float32Array, kept: Float32Array): Float32Array {
    return latents.map((value, i) => (this.#kept[i] === 1 ? kept[i]! : value));
  }
}

/**
 * The latents that a run with masks starts from, and what it keeps of them. What is kept is the image itself, also in
 * frames in which it has faded.
 *
 * @param start from `startLatents`
 * @returns null if nothing is kept
 */
export function keptLatents(
  frames: readonly Pick<PlanFrame, 'inpaint'>[],
  start: Float32Array | null,
  images: ImageLatents,
  masks: LatentMasks,
): { readonly start: Float32Array; readonly kept: KeptLatents } | null {
  if (!start || masks.size === 0) return null;
  const size = start.length / frames.length;
  const kept = new Uint8Array(start.length);
  const whole = start.slice();
  frames.forEach(({ inpaint }, frame) => {
    if (!inpaint) return;
    const [image, mask] = [images.get(inpaint.image)!, masks.get(inpaint.mask)!];
    for (let i = 0; i < size; i++) {
      if (mask[i % mask.length] === 1) continue;
      kept[frame * size + i] = 1;
      whole[frame * size + i] = image[i]!;
    }
  });
  return { start: whole, kept: new KeptLatents(whole, kept) };
}

/**
 * What an inpainting model sees beside the latents of each frame, `[5, height/8, width/8]`, flat: the mask, and the
 * latents of the image without what is painted anew. Without a mask, all of it is (A1111's
 * `inpainting_image_conditioning` and `txt2img_image_conditioning`, processing.py).
 *
 * @param tile side of the tiles in pixels in which images are encoded; null: whole images
 * @throws RenderError if a file has changed since it was planned, or is no image; BadModelError if the VAE only decodes
 */
export async function inpaintingInputs(
  plan: Images & Pick<TravelPlan, 'frames'>,
  vae: Encoder,
  { files, progress, signal, cacheFolder }: Pick<PipelineContext, 'files' | 'progress' | 'signal' | 'cacheFolder'>,
  tile: number | null = null,
): Promise<readonly Float32Array[]> {
  const { frames, width, height } = plan;
  const total = new Set(frames.map(keyOf)).size;
  progress.begin('encode', 0, total);
  const inputs = new Map<string, Float32Array>();
  const onTile = () => betweenCalls({ files, signal });
  for await (const { key, mask, pixels } of distinctInputs(plan, { signal, cacheFolder })) {
    await onTile();
    const latents = await encodePixels(vae, pixels, { width, height }, tile, onTile);
    const area = latents.length / 4;
    const input = new Float32Array(area + latents.length);
    // The nearest pixel, as torch's `interpolate` takes it.
    for (let i = 0; i < area; i++) {
      const [x, y] = [i % (width / VAE_FACTOR), Math.floor(i / (width / VAE_FACTOR))];
      input[i] = mask[VAE_FACTOR * (y * width + x)]!;
    }
    input.set(latents, area);
    inputs.set(key, input);
    progress.advance(total);
  }
  return frames.map((frame) => inputs.get(keyOf(frame))!);
}

/** Frames with the same key see the same. */
const keyOf = ({ inpaint }: PlanFrame) => (inpaint ? `${inpaint.image} ${inpaint.mask}` : '');

async function* distinctInputs(plan: Images & Pick<TravelPlan, 'frames'>, context: Reading) {
  const { frames, images, width, height } = plan;
  const inpaints = new Map(frames.flatMap((frame) => (frame.inpaint ? [[keyOf(frame), frame.inpaint]] : [])));
  const used = new Set([...inpaints.values()].map(({ image }) => image));
  for await (const { indices, rgb } of planPictures(images, used, { width, height }, quiet(context))) {
    for (const [key, { image, mask }] of inpaints) {
      if (indices.includes(image)) yield { key, ...(await maskedImage(plan, rgb, mask)) };
    }
  }
  if (frames.some(({ inpaint }) => !inpaint)) yield { key: '', ...everything(width, height) };
}

/** Of images that `encodeImages` reads, too, which reports what is unusual. */
const quiet = ({ signal, cacheFolder }: Reading): InputContext => ({
  signal,
  cacheFolder,
  warn: () => undefined,
  info: () => undefined,
});

type Reading = Pick<PipelineContext, 'signal' | 'cacheFolder'>;

const everything = (width: number, height: number) => ({
  mask: new Uint8Array(width * height).fill(1),
  pixels: new Float32Array(3 * width * height),
});

/** The mask, 1 where it is painted anew, and the image with gray there, `[3, height, width]` in −1…1. */
async function maskedImage({ masks, width, height }: Images, rgb: Uint8Array, index: number) {
  const file = masks[index]!;
  await unchangedState(file);
  const mask = binary(await readMask(file.path, width, height));
  return { mask, pixels: toPixels(rgb).map((value, i) => (mask[i % mask.length] === 1 ? 0 : value)) };
}

/** The pixels that finished frames keep of their images. What the next frame needs, too, is read once. */
export class KeptPixels {
  readonly #still: (index: number) => Promise<Uint8Array>;
  readonly #mask: (index: number) => Promise<Uint8Array>;
  readonly #isInVideo: (index: number) => boolean;
  readonly #ofVideos: PictureReader;

  /** @param output the frames that are shown are those that are laid over */
  constructor(plan: Images & Pick<TravelPlan, 'frames' | 'output'>, context: Reading) {
    const { images, masks, width, height } = plan;
    this.#isInVideo = (index) => images[index]!.shown !== undefined;
    this.#still = lastOf(async (index) => {
      await unchangedState(images[index]!);
      return readImage(images[index]!.path, width, height);
    });
    this.#mask = lastOf(async (index) => {
      await unchangedState(masks[index]!);
      return readMask(masks[index]!.path, width, height);
    });
    this.#ofVideos = framesOfVideos(plan, context);
  }

  /**
   * A frame with the image laid over it where the mask is black, as in A1111 (`apply_overlay`, processing.py).
   *
   * @param rgb 8-bit RGB `[height, width, 3]`
   * @throws RenderError if a file has changed since it was planned, or is no image
   * @returns of the same shape
   */
  async over(rgb: Uint8Array, inpaint: NonNullable<PlanFrame['inpaint']>): Promise<Uint8Array> {
    const [original, mask] = [await this.#original(inpaint.image), await this.#mask(inpaint.mask)];
    return rgb.map((value, i) => {
      const alpha = 255 - Math.min(2 * mask[Math.floor(i / 3)]!, 255);
      return composite(value, original[i]!, alpha);
    });
  }

  async #original(index: number): Promise<Uint8Array> {
    return this.#isInVideo(index) ? this.#ofVideos.get(index) : this.#still(index);
  }

  /** Ends what reads videos. */
  close(): Promise<void> {
    return this.#ofVideos.close();
  }
}

/** Frames of videos, in the size of the clip. */
function framesOfVideos(
  { images, frames, output, width, height }: Images & Pick<TravelPlan, 'frames' | 'output'>,
  context: Reading,
): PictureReader {
  const shown = [...new Set(output.order)].sort((a, b) => a - b);
  const used = shown.flatMap((frame) => frames[frame]!.inpaint?.image ?? []);
  const order = used.filter((index) => images[index]!.shown);
  return new PictureReader(order, (wanted) => planPictures(images, wanted, { width, height }, quiet(context)));
}

/** Reads a file by its index, and keeps the last one. */
function lastOf(read: (index: number) => Promise<Uint8Array>): (index: number) => Promise<Uint8Array> {
  let last: { readonly index: number; readonly values: Promise<Uint8Array> } | null = null;
  return (index) => {
    if (last?.index !== index) last = { index, values: read(index) };
    return last.values;
  };
}

/** Values as Pillow computes them: premultiplied (`paste`), divided again (`convert`), and laid over (`alpha_composite`). */
function composite(under: number, over: number, alpha: number): number {
  if (alpha === 0) return under;
  const premultiplied = dividedBy255(over * alpha + 128);
  const color = Math.min(255, Math.trunc((255 * premultiplied) / alpha));
  return dividedBy255(128 * (color * alpha + under * (255 - alpha)) + 128 * 128) >> 7;
}

const dividedBy255 = (value: number) => ((value >> 8) + value) >> 8;
