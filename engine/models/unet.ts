import type { MotionVersion } from '../../protocol/model.ts';
import { type ComponentConfig, componentConfig } from '../../weights/component-config.ts';
import { componentTensors } from '../../weights/components.ts';
import { describeModel } from '../../weights/describe.ts';
import { BadModelError, type TensorEntry, type WeightsFile } from '../../weights/tensor.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { MotionBlocks } from '../graph/motion.ts';
import { timestepEmbedding, type UNetShape, unetGraph } from '../graph/unet.ts';
import type { LoraPatch } from '../lora/patches.ts';
import { Session, type SessionMode } from '../onnx/session.ts';
import { type ComponentLora, loraFeeds, loraInputs } from './lora.ts';

/** A LoRA's patches for the UNet and for the motion module. */
export interface UNetLora {
  readonly patches: readonly LoraPatch[];
}

export interface UNetOptions {
  readonly motionModule?: WeightsFile | null;
  readonly loras?: readonly UNetLora[];
  readonly mode: SessionMode;
}

/** What the UNet is asked for: the noise in the frames of a window, for several prompts side by side. */
export interface UNetInput {
  /** `[frames, 4, height, width]`, flat: one for each clip, or one for all. */
  readonly samples: readonly Float32Array[];
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  /** One for each frame, or one for all; may be fractional. */
  readonly timesteps: readonly number[];
  /** For each clip (prompt), one encoding `[tokens, D]` per frame. All have the same number of tokens. */
  readonly contexts: readonly (readonly Float32Array[])[];
  readonly tokens: number;
  /** Strength of the temporal layers in each frame; 1 where missing. */
  readonly motionScale?: readonly number[];
  /** For each LoRA its strength in each frame. */
  readonly loraStrengths?: readonly (readonly number[])[];
}

/** A checkpoint's UNet with, or without, a motion module in it. */
export class UNet {
  readonly #tensors: ReadonlyMap<string, TensorEntry>;
  readonly #config: ComponentConfig['unet'];
  readonly #motion: { file: WeightsFile; version: MotionVersion; config: ComponentConfig['motionModule'] } | null;
  readonly #loras: readonly ComponentLora[];
  readonly #mode: SessionMode;
  readonly #baseChannels: number;
  /** One session: a window's shape rarely changes within a render. */
  #session: { readonly key: string; readonly session: Session } | undefined;

  /** @throws BadModelError when the file has no UNet, or the motion module is none */
  constructor(file: WeightsFile, { motionModule = null, loras = [], mode }: UNetOptions) {
    this.#tensors = componentTensors(file, 'unet');
    const first = this.#tensors.get('input_blocks.0.0.weight');
    if (!first) throw new BadModelError(`${file.path} has no UNet: it is not a checkpoint.`);
    this.#baseChannels = first.shape[0]!;
    this.#config = componentConfig(file).unet;
    this.#motion = motionModule && motionOf(motionModule);
    this.#loras = loras;
    this.#mode = mode;
  }

  /** @returns for each clip the predicted noise `[frames, 4, height, width]`, flat */
  async predict(input: UNetInput): Promise<Float32Array[]> {
    const { samples, frames, height, width, tokens } = input;
    const clips = input.contexts.length;
    const batch = clips * frames;
    const size = samples[0]!.length;
    const channels = size / (frames * height * width);
    const strengths = this.#loras.map((_, i) => input.loraStrengths?.[i] ?? [1]);
    const sizes = strengths.map((perFrame) => (perFrame.every((value) => value === perFrame[0]) ? 1 : batch));
    const session = await this.#sessionFor({ clips, frames, height, width, tokens }, sizes);

    const timesteps = Array.from({ length: batch }, (_, i) => input.timesteps[i % input.timesteps.length]!);
    const contextWidth = input.contexts[0]![0]!.length / tokens;
    const noise = await session.run({
      sample: {
        data: samples.length === clips ? join(samples) : join(Array(clips).fill(samples[0])),
        dims: [batch, channels, height, width],
      },
      time: { data: timestepEmbedding(timesteps, this.#baseChannels), dims: [batch, this.#baseChannels] },
      context: { data: join(input.contexts.flat()), dims: [batch, tokens, contextWidth] },
      ...this.#motionFeeds(input.motionScale, clips, frames),
      ...loraFeeds(
        this.#loras,
        strengths.map((perFrame, i) => (sizes[i] === 1 ? [perFrame[0]!] : repeatList(perFrame, clips))),
      ),
    });
    return Array.from({ length: clips }, (_, i) => noise.slice(i * size, (i + 1) * size));
  }

  async release(): Promise<void> {
    await this.#session?.session.release();
    this.#session = undefined;
  }

  #motionFeeds(scale: readonly number[] | undefined, clips: number, frames: number) {
    if (!this.#motion) return {};
    const perFrame = scale ?? Array<number>(frames).fill(1);
    return { motion_scale: { data: Float32Array.from(repeatList(perFrame, clips)), dims: [clips * frames] } };
  }

  async #sessionFor(shape: UNetShape, sizes: readonly number[]): Promise<Session> {
    const key = JSON.stringify([shape, sizes]);
    if (this.#session?.key === key) return this.#session.session;
    await this.release();
    let patches: ReturnType<typeof loraInputs> | undefined;
    const patchesIn = (graph: GraphBuilder) => {
      patches ??= loraInputs(graph, this.#loras, sizes);
      return patches;
    };
    const motion = this.#motion;
    const model = unetGraph(this.#tensors, {
      shape,
      config: this.#config,
      patches: patchesIn,
      motion:
        motion &&
        ((graph) => new MotionBlocks(graph, motion.file.tensors, { ...shape, ...motion, patches: patchesIn(graph) })),
    });
    const session = await Session.create(model, this.#mode);
    this.#session = { key, session };
    return session;
  }
}

function motionOf(file: WeightsFile) {
  const description = describeModel(file);
  if (description.kind !== 'motion-module') {
    throw new BadModelError(`${file.path} is not a motion module (it is a ${description.kind}).`);
  }
  return { file, version: description.version, config: componentConfig(file).motionModule };
}

function join(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

const repeatList = <T>(values: readonly T[], times: number): T[] => Array<readonly T[]>(times).fill(values).flat();
