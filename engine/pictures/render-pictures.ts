import type { TravelPlan } from '../../plan/plan.ts';
import type { RenderPicture, Watching } from '../../protocol/engine.ts';
import { loadSharp } from '../media/load-sharp.ts';
import { type LatentRgb, latentsToRgb } from '../models/vae/latent-rgb.ts';
import { VAE_FACTOR } from '../models/vae/vae-factor.ts';

/** Between two pictures of the latents: five a second. */
const INTERVAL_MS = 200;

/** Good enough to watch; the files of the render have their own quality. */
const QUALITY = 85;

interface Clip extends Pick<TravelPlan, 'width' | 'height' | 'frames'> {
  readonly latentRgb: LatentRgb;
}

/**
 * What can be seen of a render before it has ended: all frames after each step, then each decoded frame. Nothing is
 * computed while nobody watches. Whoever begins to watch, or wants larger frames, gets what there is.
 */
export class RenderPictures {
  readonly #send: (picture: RenderPicture) => void;
  readonly #now: () => number;
  #watching: Watching = null;
  #clip: Clip | null = null;
  #latents: (() => RenderPicture) | null = null;
  #frames = new Map<number, Uint8Array>();
  #sentMs = Number.NEGATIVE_INFINITY;

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
    for (const [position, rgb] of [...this.#frames]) await this.#sendFrame(position, rgb);
  }

  /** Forgets the render before. */
  begin({ width, height, frames }: Omit<Clip, 'latentRgb'>, latentRgb: LatentRgb): void {
    this.end();
    this.#clip = { width, height, frames, latentRgb };
  }

  end(): void {
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
    if (this.#watching === null || this.#now() - this.#sentMs < INTERVAL_MS) return;
    this.#sentMs = this.#now();
    this.#send(picture());
  }

  /** @param position in the plan's `frames`. @param rgb 8-bit `[height, width, 3]` */
  async frame(position: number, rgb: Uint8Array): Promise<void> {
    this.#frames.set(position, rgb);
    if (this.#watching !== null) await this.#sendFrame(position, rgb);
  }

  async #sendFrame(position: number, rgb: Uint8Array): Promise<void> {
    const clip = this.#clip;
    if (!clip || this.#watching === null) return;
    const { width, height } = clip;
    const side = Math.min(sideOf(this.#watching), Math.max(width, height));
    const sharp = await loadSharp();
    const webp = await sharp(rgb, { raw: { width, height, channels: 3 } })
      .resize({ width: side, height: side, fit: 'inside' })
      .webp({ quality: QUALITY })
      .toBuffer();
    this.#send({ kind: 'frame', frame: clip.frames[position]!.index, webp });
  }
}

const sideOf = ({ longestSide }: NonNullable<Watching>) => longestSide ?? Number.POSITIVE_INFINITY;
