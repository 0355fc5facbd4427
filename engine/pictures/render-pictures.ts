import type { TravelPlan } from '../../plan/plan.ts';
import type { RenderPicture, Watching } from '../../protocol/engine.ts';
import { loadSharp } from '../media/load-sharp.ts';
import { type LatentRgb, latentsToRgb } from '../models/vae/latent-rgb.ts';
import { VAE_FACTOR } from '../models/vae/vae-factor.ts';

/** Between two pictures of the latents: five a second. */
const INTERVAL_MS = 200;

/** Good enough to watch; the files of the render have their own quality. */
const QUALITY = 85;

type ReadFrame = () => Uint8Array | Promise<Uint8Array>;

/** Decodes the clip while it is sampled. */
interface Previews {
  /** @param latents as those of `step` */
  offer(latents: () => Float32Array): void;
  end(): void;
}

/** Larger previews would look no sharper. */
const PREVIEW_SIDE = 384;

interface Clip extends Pick<TravelPlan, 'width' | 'height' | 'frames'> {
  readonly latentRgb: LatentRgb;
}

/**
 * What can be seen of a render before it has ended: all frames after each step, also decoded by a small network if there
 * is one, then each decoded frame. Nothing is
 * computed while nobody watches. Whoever begins to watch, or wants larger frames, gets what there is.
 */
export class RenderPictures {
  readonly #send: (picture: RenderPicture) => void;
  readonly #now: () => number;
  #watching: Watching = null;
  #clip: Clip | null = null;
  #latents: (() => RenderPicture) | null = null;
  /** Read again when they are needed: a clip may be longer than the memory. */
  #frames = new Map<number, ReadFrame>();
  #sentMs = Number.NEGATIVE_INFINITY;
  #openPreviews: (() => Previews) | null = null;
  #previews: Previews | null = null;

  /** @param now milliseconds */
  constructor(send: (picture: RenderPicture) => void, now: () => number = () => performance.now()) {
    this.#send = send;
    this.#now = now;
  }

  async watch(watching: Watching): Promise<void> {
    const before = this.#watching;
    this.#watching = watching;
    if (watching === null) return;
    if (before === null && this.#latents) this.#send(this.#latents());
    if (before !== null && sideOf(watching) <= sideOf(before)) return;
    for (const [position, read] of [...this.#frames]) await this.#sendFrame(position, read);
  }

  /**
   * Forgets the render before.
   *
   * @param previews opens what decodes the clip while it is sampled, when somebody watches; null: there is nothing
   */
  begin(
    { width, height, frames }: Omit<Clip, 'latentRgb'>,
    latentRgb: LatentRgb,
    previews: ((onFrame: (position: number, rgb: Uint8Array) => void) => Previews) | null = null,
  ): void {
    this.end();
    this.#clip = { width, height, frames, latentRgb };
    this.#openPreviews = previews && (() => previews((position, rgb) => void this.#sendPreview(position, rgb)));
  }

  /** There are no more steps. */
  sampled(): void {
    this.#previews?.end();
    this.#previews = null;
    this.#openPreviews = null;
  }

  end(): void {
    this.sampled();
    this.#clip = null;
    this.#latents = null;
    this.#frames = new Map();
    this.#sentMs = Number.NEGATIVE_INFINITY;
  }

  /**
   * @param step that was made, 1-based
   * @param clean computes the estimate of the clean latents, `[frames, 4, height/8, width/8]`, flat
   */
  step(step: number, clean: () => Float32Array): void {
    const clip = this.#clip;
    if (!clip) return;
    const [width, height] = [clip.width / VAE_FACTOR, clip.height / VAE_FACTOR];
    const picture = (): RenderPicture => ({
      kind: 'latents',
      step,
      frames: clip.frames.length,
      width,
      height,
      rgb: latentsToRgb(clean(), width * height, clip.latentRgb),
    });
    this.#latents = picture;
    if (this.#watching === null) return;
    this.#previews ??= this.#openPreviews?.() ?? null;
    this.#previews?.offer(clean);
    if (this.#now() - this.#sentMs < INTERVAL_MS) return;
    this.#sentMs = this.#now();
    this.#send(picture());
  }

  /** @param position in the plan's `frames`. @param read gives 8-bit `[height, width, 3]`, until the render has ended */
  async frame(position: number, read: ReadFrame): Promise<void> {
    this.#frames.set(position, read);
    if (this.#watching !== null) await this.#sendFrame(position, read);
  }

  async #sendFrame(position: number, read: ReadFrame): Promise<void> {
    const clip = this.#clip;
    if (!clip || this.#watching === null) return;
    const webp = await webpOf(await read(), clip, sideOf(this.#watching));
    this.#send({ kind: 'frame', frame: clip.frames[position]!.index, webp });
  }

  async #sendPreview(position: number, rgb: Uint8Array): Promise<void> {
    const [clip, previews] = [this.#clip, this.#previews];
    if (!clip || this.#watching === null) return;
    const webp = await webpOf(rgb, clip, Math.min(sideOf(this.#watching), PREVIEW_SIDE));
    // A decoded frame may be there by now.
    if (this.#previews === previews) this.#send({ kind: 'preview', frame: clip.frames[position]!.index, webp });
  }
}

/** @param rgb 8-bit `[height, width, 3]`. @param longestSide in pixels, at most */
async function webpOf(rgb: Uint8Array, { width, height }: Pick<Clip, 'width' | 'height'>, longestSide: number) {
  const side = Math.min(longestSide, Math.max(width, height));
  const sharp = await loadSharp();
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize({ width: side, height: side, fit: 'inside' })
    .webp({ quality: QUALITY })
    .toBuffer();
}

const sideOf = ({ longestSide }: NonNullable<Watching>) => longestSide ?? Number.POSITIVE_INFINITY;
