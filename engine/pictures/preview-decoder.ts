import { Worker } from 'node:worker_threads';
import { messageOf } from '../../plan/message-of.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import { openWeights } from '../../weights/open.ts';
import { unchangedState } from '../models/model-files.ts';
import { checkUsable } from '../models/usable.ts';
import { taesdDecoderGraph } from '../models/vae/taesd-graph.ts';
import { taesdTensors } from '../models/vae/vae.ts';
import { VAE_FACTOR } from '../models/vae/vae-factor.ts';
import { cpu, graphOptions, type Runtime } from '../onnx/session.ts';
import type { FromPreviews, ToPreviews } from './preview-messages.ts';

/** Beside this file, or beside the bundle of the engine. */
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? './preview-worker.ts' : './preview.js', import.meta.url);

/** Side in latents of the tiles that are decoded: 512 pixels, so that large frames need no more memory. */
const SIDE = 64;

/** Of the processor time of a render on the CPU, what its previews may take. */
const SHARE = 0.05;

export interface PreviewOptions {
  readonly plan: Pick<TravelPlan, 'width' | 'height' | 'frames'> & {
    /** TAESD's decoder. */
    readonly decoder: NonNullable<TravelPlan['models']['previewDecoder']>;
  };
  /** That renders. */
  readonly runtime: Runtime;
  /** @param rgb 8-bit `[height, width, 3]` of the frame at a position in the plan's `frames` */
  readonly onFrame: (position: number, rgb: Uint8Array) => void;
  /** Receives one line if nothing can be decoded. */
  readonly warn: (line: string) => void;
}

/**
 * Decodes a clip while it is being sampled, with TAESD in a thread of its own, always on the CPU: the render does not
 * wait for it, and never fails because of it.
 */
export class PreviewDecoder {
  readonly #options: PreviewOptions;
  readonly #now: () => number;
  readonly #runtime: Runtime;
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  #worker: Worker | undefined;
  #isBusy = false;
  #hasEnded = false;
  #restsUntil = Number.NEGATIVE_INFINITY;

  /** @param now milliseconds */
  constructor(options: PreviewOptions, now: () => number = () => performance.now()) {
    this.#options = options;
    this.#now = now;
    const { provider, threads } = options.runtime;
    // While a GPU renders, the CPU has little to do.
    this.#runtime = cpu(provider === 'cpu' ? 1 : Math.max(1, Math.floor(threads / 2)));
  }

  /**
   * Decodes the clip as it is after a step, unless an earlier step is still being decoded, or previews have taken their
   * share of the time: then a later step is.
   *
   * @param latents `[frames, 4, height/8, width/8]`, scaled as the UNet's, flat; computed only if they are decoded
   */
  offer(latents: () => Float32Array): void {
    if (this.#isBusy || this.#hasEnded || this.#now() < this.#restsUntil) return;
    this.#isBusy = true;
    this.#decode(latents()).catch((error: unknown) => this.#fail(error));
  }

  /** No further picture comes. The thread ends after the frame that it decodes. */
  end(): void {
    this.#hasEnded = true;
    Atomics.store(this.#stop, 0, 1);
    this.#ask({ kind: 'close' });
    this.#worker = undefined;
  }

  async #decode(latents: Float32Array): Promise<void> {
    const { frames, ...size } = this.#options.plan;
    const [height, width] = [size.height / VAE_FACTOR, size.width / VAE_FACTOR];
    if (!this.#worker) {
      const model = await this.#graph(Math.min(height, SIDE), Math.min(width, SIDE));
      if (this.#hasEnded) return;
      this.#worker = this.#start();
      this.#ask({ kind: 'open', model, runtime: this.#runtime });
    }
    this.#ask({ kind: 'decode', latents, frames: frames.length, height, width, side: SIDE, stop: this.#stop });
  }

  async #graph(height: number, width: number) {
    const { decoder } = this.#options.plan;
    await unchangedState(decoder);
    const file = await openWeights(decoder.path);
    checkUsable(file, 'vae');
    return taesdDecoderGraph(taesdTensors(file), { batch: 1, height, width, ...graphOptions(this.#runtime) });
  }

  #start(): Worker {
    const worker = new Worker(ENTRY);
    worker.on('message', (message: FromPreviews) => this.#receive(message));
    worker.on('error', (error) => this.#fail(error));
    // It does not keep the process.
    worker.unref();
    return worker;
  }

  #ask(request: ToPreviews): void {
    this.#worker?.postMessage(request);
  }

  #receive(message: FromPreviews): void {
    if (this.#hasEnded) return;
    switch (message.kind) {
      case 'frame':
        this.#options.onFrame(message.position, message.rgb);
        return;
      case 'end':
        this.#isBusy = false;
        this.#restsUntil = this.#now() + message.milliseconds * this.#restFactor();
        return;
      case 'failed':
        this.#fail(message.message);
    }
  }

  /** How much longer than the work the rest after it is. */
  #restFactor(): number {
    const { provider, threads } = this.#options.runtime;
    return provider === 'cpu' ? Math.max(0, 1 / (SHARE * threads) - 1) : 0;
  }

  #fail(error: unknown): void {
    if (this.#hasEnded) return;
    this.end();
    const reason = messageOf(error);
    this.#options.warn(`The preview of this render is coarse, because frames cannot be decoded with TAESD: ${reason}`);
  }
}
