import { isSmall } from '../../../plan/memory.ts';
import { type ComponentConfig, componentConfig } from '../../../weights/component-config.ts';
import { componentTensors } from '../../../weights/components.ts';
import { vaeChannels } from '../../../weights/describe.ts';
import { TAESD } from '../../../weights/layouts/taesd.ts';
import { BadModelError, float32Bytes, type TensorEntry, type WeightsFile } from '../../../weights/tensor.ts';
import { graphOptions, type Runtime } from '../../onnx/session.ts';
import { GraphRunner } from '../graph-runner.ts';
import { checkFiniteWeights, checkUsable, finite } from '../usable.ts';
import { type VaeGraph, vaeDecoderGraph, vaeEncoderGraph } from './graph.ts';
import { type LatentRgb, latentRgbOf } from './latent-rgb.ts';
import { taesdDecoderGraph, taesdEncoderGraph } from './taesd-graph.ts';
import { VAE_FACTOR } from './vae-factor.ts';

/** The layers of TAESD by part and number, `decoder.1.weight`; none if the file is another one. */
export function taesdTensors({ tensors }: WeightsFile): ReadonlyMap<string, TensorEntry> {
  return new Map(
    [...tensors].flatMap(([name, entry]) => (name.startsWith(TAESD) ? [[name.slice(TAESD.length), entry]] : [])),
  );
}

/** LDM's autoencoder, from a checkpoint or its own file, or TAESD. */
export class Vae {
  readonly scalingFactor: number;
  /** Channels of its full-size layers. */
  readonly channels: number;
  /** How its latents look without decoding them. */
  readonly latentRgb: LatentRgb;
  /** TAESD. */
  readonly #isTaesd: boolean;
  readonly #path: string;
  readonly #tensors: ReadonlyMap<string, TensorEntry>;
  readonly #config: ComponentConfig['vae'];
  readonly #graphs: GraphRunner;

  /** @throws BadModelError when the file has no VAE, or a damaged one */
  constructor(file: WeightsFile, runtime: Runtime) {
    checkUsable(file, 'vae');
    const small = taesdTensors(file);
    this.#isTaesd = small.size > 0;
    this.#tensors = this.#isTaesd ? small : componentTensors(file, 'vae');
    const first = small.get('decoder.1.weight') ?? small.get('encoder.0.weight');
    const channels = this.#isTaesd ? (first?.shape[0] ?? null) : vaeChannels(this.#tensors);
    if (channels === null) throw new BadModelError(`${file.path} has no VAE. Choose one with the setting \`vae\`.`);
    this.#path = file.path;
    this.channels = channels;
    this.latentRgb = latentRgbOf(channels);
    this.#config = componentConfig(file).vae;
    this.scalingFactor = this.#config.scalingFactor;
    this.#graphs = new GraphRunner(runtime, 1, 1);
  }

  /** Bytes of its weights in float32. */
  get unpackedBytes(): number {
    return float32Bytes(this.#tensors.values());
  }

  /** Verifies that no weight is NaN or infinite. @throws BadModelError */
  async checkWeights(): Promise<void> {
    await checkFiniteWeights(this.#tensors.values());
  }

  /** Sets how many small calls of `decode` are made at the same time, at most. None may be in progress. */
  allow(atOnce: number): Promise<void> {
    return this.#graphs.allow(atOnce);
  }

  /**
   * Calls that are not small must not overlap.
   *
   * @param latents `[count, 4, height, width]`, scaled as the UNet's, flat
   * @throws BadModelError when the file has an encoder only
   * @returns pixels `[count, 3, 8·height, 8·width]`, about −1…1, not clamped
   */
  async decode(latents: Float32Array, count: number, height: number, width: number): Promise<Float32Array> {
    if (this.#isTaesd && !this.#tensors.has('decoder.1.weight')) {
      throw new BadModelError(`${this.#path} is the encoder of TAESD. Frames need its decoder.`);
    }
    const data = this.#isTaesd ? latents : latents.map((value) => value / this.scalingFactor);
    const channels = latents.length / (count * height * width);
    const pixels = await this.#graphs.run(
      ['decode', count, height, width],
      (runtime) =>
        (this.#isTaesd ? taesdDecoderGraph : vaeDecoderGraph)(
          this.#tensors,
          this.#graph(count, height, width, runtime),
        ),
      { latents: { data, dims: [count, channels, height, width] } },
      isSmall(this.channels * count * VAE_FACTOR ** 2 * height * width),
    );
    return finite(pixels, `The VAE of ${this.#path}`, () => this.#tensors.values());
  }

  /**
   * The distribution of the latents of images, not scaled.
   *
   * @param pixels `[count, 3, height, width]` in −1…1, flat
   * @throws BadModelError when the VAE has no encoder
   * @returns `mean` and `logVariance` (clamped to −30…20), both `[count, 4, height/8, width/8]`
   */
  async encode(
    pixels: Float32Array,
    count: number,
    height: number,
    width: number,
  ): Promise<{ mean: Float32Array; logVariance: Float32Array }> {
    if (this.#isTaesd) return this.#encodeSmall(pixels, count, height, width);
    const moments = await this.#graphs.run(
      ['encode', count, height, width],
      (runtime) => vaeEncoderGraph(this.#tensors, this.#graph(count, height, width, runtime)),
      { pixels: { data: pixels, dims: [count, 3, height, width] } },
      false,
    );
    const half = moments.length / count / 2;
    const mean = new Float32Array(count * half);
    const logVariance = new Float32Array(count * half);
    for (let i = 0; i < count; i++) {
      mean.set(moments.subarray(2 * i * half, (2 * i + 1) * half), i * half);
      logVariance.set(moments.subarray((2 * i + 1) * half, (2 * i + 2) * half), i * half);
    }
    return { mean, logVariance: logVariance.map((value) => Math.min(20, Math.max(-30, value))) };
  }

  /** TAESD computes latents without a variance, and scales them. */
  async #encodeSmall(pixels: Float32Array, count: number, height: number, width: number) {
    if (!this.#tensors.has('encoder.0.weight')) {
      throw new BadModelError(`${this.#path} is the decoder of TAESD. Images need an encoder.`);
    }
    const latents = await this.#graphs.run(
      ['encode', count, height, width],
      (runtime) => taesdEncoderGraph(this.#tensors, this.#graph(count, height, width, runtime)),
      { pixels: { data: pixels, dims: [count, 3, height, width] } },
      false,
    );
    const mean = latents.map((value) => value / this.scalingFactor);
    return { mean, logVariance: new Float32Array(mean.length).fill(-30) };
  }

  async release(): Promise<void> {
    await this.#graphs.release();
  }

  #graph(batch: number, height: number, width: number, runtime: Runtime): VaeGraph {
    const { normGroups } = this.#config;
    return { batch, height, width, normGroups, ...graphOptions(runtime) };
  }
}
