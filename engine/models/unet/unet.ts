import { isSmall, SIDE_BY_SIDE } from '../../../plan/memory.ts';
import { type ComponentConfig, componentConfig } from '../../../weights/component-config.ts';
import { componentTensors } from '../../../weights/components.ts';
import { describeModel, levelChannels } from '../../../weights/describe.ts';
import { BadModelError, float32Bytes, type TensorEntry, type WeightsFile } from '../../../weights/tensor.ts';
import type { GraphBuilder, GraphModel } from '../../graph/builder.ts';
import { type Feeds, graphOptions, type Runtime } from '../../onnx/session.ts';
import { ControlNet } from '../controlnet/controlnet.ts';
import {
  acting,
  controlFeeds,
  controlKey,
  controlResiduals,
  controlsOfClip,
  type UNetControl,
} from '../controlnet/controls.ts';
import { GraphRunner } from '../graph-runner.ts';
import { loraFeeds, loraInputs, patchTensors } from '../lora.ts';
import { checkUsable, finite } from '../usable.ts';
import { predictInBatches } from './batches.ts';
import { guidanceEmbedding, timestepEmbedding } from './embeddings.ts';
import { type UNetGraph, type UNetShape, unetGraph } from './graph.ts';
import { MotionBlocks } from './motion.ts';
import { join, splitRows } from './rows.ts';
import { type DeepInput, givenFeatures, repeatList, strengthsOf, type UNetInput, type UNetLora } from './unet-input.ts';

/** Latents, a mask, and the latents of an image. */
const INPAINTING_CHANNELS = 9;

/** Prompts of two lengths alternate, so two shapes are in use at a time. */
const SESSIONS = 2;

export interface UNetOptions {
  readonly motionModule?: WeightsFile | null;
  readonly loras?: readonly UNetLora[];
  /** Files of ControlNets, which calls of `predict` can use. */
  readonly controlNets?: readonly WeightsFile[];
  readonly runtime: Runtime;
  /** Whether calls keep their inner features, and others begin with them. */
  readonly deepCache?: boolean;
  /** On a CPU: whether it multiplies in large linear layers, also those of the motion module and of ControlNets, in 8 bits. */
  readonly int8?: boolean;
  /** Small calls that are made at the same time, at most: clips of `predict` count, too. */
  readonly atOnce?: number;
}

/** What a graph depends on besides its shape. */
interface Variant extends Pick<UNetGraph, 'freeU' | 'deep'> {
  /** Of the strengths of each LoRA. */
  readonly sizes: readonly number[];
  /** Those that act. */
  readonly controls: readonly UNetControl[];
  readonly motionOnCpu: boolean;
}

/** Of the latents, and of what is predicted. */
const LATENT_CHANNELS = 4;

/** A checkpoint's UNet, with or without a motion module. */
export class UNet {
  /** Channels of its levels. */
  readonly channels: readonly number[];
  /** Whether it sees a mask and an image beside the latents: 9 channels instead of 4. */
  readonly isInpainting: boolean;
  /** Whether it predicts the velocity, not the noise. */
  readonly predictsVelocity: boolean;
  /** Whether its last training step is noise alone. */
  readonly zeroTerminalSnr: boolean;
  /** Whether the guidance scale is an input, so that it needs no negative prompt (LCM). */
  readonly embedsGuidance: boolean;
  readonly #path: string;
  readonly #tensors: ReadonlyMap<string, TensorEntry>;
  readonly #config: ComponentConfig['unet'];
  readonly #motion: ReturnType<typeof motionOf> | null;
  readonly #loras: readonly UNetLora[];
  readonly #controlNets: readonly ControlNet[];
  readonly #runtime: Runtime;
  readonly #int8: boolean;
  readonly #baseChannels: number;
  readonly #graphs: GraphRunner;

  /** @throws BadModelError when the file has no UNet, the motion module is another type of file, or one is damaged */
  constructor(
    file: WeightsFile,
    { motionModule = null, loras = [], controlNets = [], runtime, deepCache, int8 = false, atOnce = 1 }: UNetOptions,
  ) {
    const description = checkUsable(file, 'unet');
    const checkpoint = description.kind === 'checkpoint' ? description : null;
    this.predictsVelocity = checkpoint?.vPrediction ?? false;
    this.zeroTerminalSnr = checkpoint?.zeroTerminalSnr ?? false;
    this.embedsGuidance = checkpoint?.embedsGuidance ?? false;
    this.#tensors = componentTensors(file, 'unet');
    const first = this.#tensors.get('input_blocks.0.0.weight');
    if (!first) throw new BadModelError(`${file.path} is not a checkpoint: it has no UNet.`);
    this.#path = file.path;
    this.channels = levelChannels(this.#tensors);
    this.#baseChannels = first.shape[0]!;
    this.isInpainting = first.shape[1] === INPAINTING_CHANNELS;
    this.#config = componentConfig(file).unet;
    this.#motion = motionModule && motionOf(motionModule);
    this.#loras = loras;
    this.#controlNets = controlNets.map((each) => new ControlNet(each, this.#tensors, this.#config));
    this.#runtime = runtime;
    this.#int8 = int8;
    this.#graphs = new GraphRunner(runtime, deepCache ? 2 * SESSIONS : SESSIONS, atOnce);
  }

  /** Bytes of its weights in float32, with those of its motion module and its ControlNets. */
  get unpackedBytes(): number {
    const own = float32Bytes(this.#tensors.values()) + this.unpackedMotionBytes;
    return this.#controlNets.reduce((sum, { unpackedBytes }) => sum + unpackedBytes, own);
  }

  /** Whether one of its ControlNets is a Control-LoRA, which changes weights in each call. */
  get hasControlLora(): boolean {
    return this.#controlNets.some(({ changes }) => changes.size > 0);
  }

  /** The part of them that its motion module has. */
  get unpackedMotionBytes(): number {
    return float32Bytes(this.#motion?.file.tensors.values() ?? []);
  }

  /**
   * Embeds hints for one of the ControlNets.
   *
   * @param hints each `[3, 8·height, 8·width]`, flat, values from 0 to 1; one is needed at a time
   * @param take receives what `UNetControl` takes, in the order of the hints
   */
  embedHints(
    controlNet: number,
    hints: Iterable<Float32Array> | AsyncIterable<Float32Array>,
    size: { readonly height: number; readonly width: number },
    take: (embedded: Float32Array) => void,
  ): Promise<void> {
    return this.#controlNets[controlNet]!.embed(hints, size, this.#runtime, take);
  }

  /** Sets how many small calls of `predict` are made at the same time, at most. None may be in progress. */
  allow(atOnce: number): Promise<void> {
    return this.#graphs.allow(atOnce);
  }

  /**
   * @returns the predicted noise, or velocity, of each clip, `[frames, 4, height, width]`, flat
   */
  predict(input: UNetInput): Promise<Float32Array[]> {
    return this.#predict(input);
  }

  /** As `predict`, and `deep` of each clip: the features that `predictShallow` begins with, `[frames, …]`, flat. */
  async predictDeep(input: UNetInput): Promise<{ readonly noise: Float32Array; readonly deep: Float32Array }[]> {
    const { frames, height, width } = input;
    const rows = await this.#predict({ ...input, deep: 'kept' });
    const noiseSize = LATENT_CHANNELS * height * width;
    return rows.map((row) => {
      const [noise, deep] = splitRows(row, frames, noiseSize);
      return { noise, deep };
    });
  }

  /** As `predict`, with only the outermost layers. @param deep of each clip, from another step */
  predictShallow(input: UNetInput, deep: readonly Float32Array[]): Promise<Float32Array[]> {
    return this.#predict({ ...input, deep });
  }

  async #predict(input: DeepInput): Promise<Float32Array[]> {
    const { samples, contexts, frames, height, width, memory, deep } = input;
    const batch = this.#motion ? frames : (memory?.batch ?? frames);
    if (batch < frames) return predictInBatches(input, batch, (part) => this.#predict(part));
    const small = this.#isSmall(input);
    const sideBySide = memory?.sideBySide ?? true;
    if (!small && sideBySide && frames * height * width <= SIDE_BY_SIDE) return this.#predictTogether(input);
    const clip = async (context: (typeof contexts)[number], index: number) => {
      const sample = samples.length === contexts.length ? samples[index]! : samples[0]!;
      const own = {
        samples: [sample],
        contexts: [context],
        controls: controlsOfClip(input.controls ?? [], index),
        ...(givenFeatures(deep) && { deep: [givenFeatures(deep)![index]!] }),
      };
      return (await this.#predictTogether({ ...input, ...own }))[0]!;
    };
    if (small) return Promise.all(contexts.map(clip));
    const noise: Float32Array[] = [];
    for (const [index, context] of contexts.entries()) noise.push(await clip(context, index));
    return noise;
  }

  /**
   * Whether calls of this size are made clip by clip, at the same time if the runtime can. This must not depend on the
   * number of threads: with more rows, a layer may be multiplied the other way round, with other rounding.
   */
  #isSmall({ frames, height, width }: Pick<UNetInput, 'frames' | 'height' | 'width'>): boolean {
    return this.#runtime.provider === 'cpu' && isSmall(this.#baseChannels * frames * height * width);
  }

  async #predictTogether(input: DeepInput): Promise<Float32Array[]> {
    const { samples, frames, height, width, tokens, freeU, deep } = input;
    const clips = input.contexts.length;
    const batch = clips * frames;
    const size = samples[0]!.length;
    const channels = size / (frames * height * width);
    const strengths = this.#loras.map((lora, i) => strengthsOf(lora, input.loraStrengths?.[i], { clips, frames }));
    const sizes = strengths.map(({ length }) => length);
    const timesteps = Array.from({ length: batch }, (_, i) => input.timesteps[i % input.timesteps.length]!);
    const contextWidth = input.contexts[0]![0]!.length / tokens;
    const shape = { clips, frames, height, width, tokens };
    const controls = acting(input.controls ?? []);
    const inner = givenFeatures(deep) && join(givenFeatures(deep)!);
    const feeds: Feeds = {
      sample: {
        data: samples.length === clips ? join(samples) : join(Array(clips).fill(samples[0])),
        dims: [batch, channels, height, width],
      },
      time: { data: timestepEmbedding(timesteps, this.#baseChannels), dims: [batch, this.#baseChannels] },
      context: { data: join(input.contexts.flat()), dims: [batch, tokens, contextWidth] },
      ...(inner && { deep: { data: inner, dims: [batch, inner.length / (batch * height * width), height, width] } }),
      ...this.#guidanceFeeds(input.guidance, clips, frames),
      ...this.#motionFeeds(input.motionScale, clips, frames),
      ...loraFeeds(this.#loras, strengths),
      ...controlFeeds(controls, shape),
    };
    const predicted = await this.#run(
      shape,
      {
        sizes,
        freeU,
        deep: deep === 'kept' || deep === undefined ? deep : 'given',
        controls,
        motionOnCpu: input.memory?.motionOnCpu ?? false,
      },
      feeds,
    );
    const noise = await finite(predicted, `The UNet of ${this.#path}`, () => this.#weights());
    // An inpainting model has more channels in its input than in its output.
    const outputSize = noise.length / clips;
    return Array.from({ length: clips }, (_, i) => noise.slice(i * outputSize, (i + 1) * outputSize));
  }

  async release(): Promise<void> {
    await this.#graphs.release();
  }

  /** All weights that the prediction depends on. */
  *#weights(): Generator<TensorEntry> {
    yield* this.#tensors.values();
    yield* this.#motion?.file.tensors.values() ?? [];
    for (const controlNet of this.#controlNets) yield* controlNet.weights();
    for (const { patches } of this.#loras) yield* patches.flatMap(patchTensors);
  }

  #guidanceFeeds(scales: readonly number[] | undefined, clips: number, frames: number) {
    const width = this.#tensors.get('time_embed.cond_proj.weight')?.shape[1];
    if (width === undefined) return {};
    const perFrame = scales ?? Array<number>(frames).fill(1);
    const embedded = guidanceEmbedding(repeatList(perFrame, clips), width);
    return { guidance: { data: embedded, dims: [clips * frames, width] } };
  }

  #motionFeeds(scale: readonly number[] | undefined, clips: number, frames: number) {
    if (!this.#motion) return {};
    const perFrame = scale ?? Array<number>(frames).fill(1);
    return { motion_scale: { data: Float32Array.from(repeatList(perFrame, clips)), dims: [clips * frames] } };
  }

  #run(shape: UNetShape, options: Variant, feeds: Feeds): Promise<Float32Array> {
    this.#checkContext(shape.frames);
    const build = (runtime: Runtime) => this.#graph(shape, options, runtime);
    const key = [shape, { ...options, controls: options.controls.map(controlKey) }];
    return this.#graphs.run(key, build, feeds, this.#isSmall(shape));
  }

  #graph(shape: UNetShape, { sizes, freeU, deep, controls, motionOnCpu }: Variant, runtime: Runtime): GraphModel {
    let patches: ReturnType<typeof loraInputs> | undefined;
    const patchesIn = (graph: GraphBuilder) => {
      patches ??= loraInputs(graph, this.#loras, sizes);
      return patches;
    };
    const motion = this.#motion;
    return unetGraph(this.#tensors, {
      shape,
      config: this.#config,
      freeU,
      deep,
      patches: patchesIn,
      ...graphOptions(runtime),
      // A motion module makes each frame depend on the others.
      int8: this.#int8 ? { samples: shape.clips * (motion ? 1 : shape.frames) } : undefined,
      motion:
        motion &&
        ((graph) =>
          new MotionBlocks(graph, motion.file.tensors, {
            ...shape,
            ...motion,
            onCpu: motionOnCpu,
            patches: patchesIn(graph),
          })),
      controls:
        controls.length === 0
          ? null
          : (graph, inputs) => controlResiduals(graph, this.#controlNets, controls, shape, inputs),
    });
  }

  #checkContext(frames: number): void {
    if (!this.#motion || frames <= this.#motion.positions) return;
    throw new BadModelError(
      `A context of ${frames} frames is too long for the motion module ${this.#motion.file.path}, which supports at most ` +
        `${this.#motion.positions}. Use a smaller context.`,
    );
  }
}

function motionOf(file: WeightsFile) {
  checkUsable(file, 'motionModule');
  const description = describeModel(file);
  if (description.kind !== 'motion-module') {
    throw new BadModelError(`${file.path} is not a motion module (it is a ${description.kind}).`);
  }
  const { version, positions } = description;
  return { file, version, positions, config: componentConfig(file).motionModule };
}
