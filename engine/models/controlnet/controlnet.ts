import { componentConfig } from '../../../weights/component-config.ts';
import { componentTensors } from '../../../weights/components.ts';
import { describeText } from '../../../weights/describe-text.ts';
import { BadModelError, float32Bytes, type TensorEntry, type WeightsFile } from '../../../weights/tensor.ts';
import { graphOptions, type Runtime, Session } from '../../onnx/session.ts';
import { patchTensors } from '../lora.ts';
import { checkUsable, finite } from '../usable.ts';
import { controlLoraTensors } from './control-lora.ts';
import { type ControlNetWeights, hintGraph } from './graph.ts';

/** A ControlNet for Stable Diffusion 1. It runs in the graph of its UNet; only the hint is embedded separately. */
export class ControlNet implements ControlNetWeights {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly changes: ControlNetWeights['changes'];
  readonly config: ControlNetWeights['config'];

  /**
   * @param unet tensors of the UNet, and what their keys do not tell; absent: as in the file
   * @throws BadModelError if the file has no ControlNet that can be used, or one that does not fit the UNet
   */
  constructor(
    file: WeightsFile,
    unet: ReadonlyMap<string, TensorEntry>,
    unetConfig: ControlNetWeights['config'] = componentConfig(file).unet,
  ) {
    const description = checkUsable(file, 'controlNet');
    if (description.kind !== 'controlnet') {
      throw new BadModelError(
        `${file.path} is not a ControlNet. It is: ${describeText(description)}. Use a ControlNet for Stable Diffusion 1.5.`,
      );
    }
    this.path = file.path;
    const own = componentTensors(file, 'controlNet');
    const { tensors, changes } = description.lora
      ? controlLoraTensors(file, own, unet)
      : { tensors: own, changes: new Map() };
    this.tensors = tensors;
    this.changes = changes;
    this.config = description.lora ? unetConfig : componentConfig(file).unet;
    this.#checkWidths(unet);
  }

  *weights(): Generator<TensorEntry> {
    yield* this.tensors.values();
    yield* [...this.changes.values()].flatMap(patchTensors);
  }

  /** Bytes of its weights in float32. */
  get unpackedBytes(): number {
    return float32Bytes(this.weights());
  }

  /**
   * The part of the computation that depends on the hint alone, so that it is made once and not in every step.
   *
   * @param hints each `[3, 8·height, 8·width]`, flat, values from 0 to 1; one is needed at a time
   * @returns for each hint `[C₀, height, width]`, flat
   */
  async embed(
    hints: Iterable<Float32Array> | AsyncIterable<Float32Array>,
    { height, width }: { readonly height: number; readonly width: number },
    runtime: Runtime,
    take: (embedded: Float32Array) => void,
  ): Promise<void> {
    const session = await Session.create(hintGraph(this, { height, width }, graphOptions(runtime)), runtime);
    try {
      for await (const hint of hints) {
        const channels = hint.length / (64 * height * width);
        const values = await session.run({ hint: { data: hint, dims: [1, channels, 8 * height, 8 * width] } });
        take(await finite(values, `The ControlNet of ${this.path}`, () => this.weights()));
      }
    } finally {
      await session.release();
    }
  }

  /** Its residuals are added to values of the UNet, and it reads the same prompts. */
  #checkWidths(unet: ReadonlyMap<string, TensorEntry>): void {
    const mismatch = [...this.tensors].find(([name, { shape }]) => {
      const other = FITTING.test(name) ? unet.get(name)?.shape : undefined;
      return other !== undefined && (other[0] !== shape[0] || (name.endsWith('to_k.weight') && other[1] !== shape[1]));
    });
    if (!mismatch) return;
    const [name, { shape }] = mismatch;
    throw new BadModelError(
      `The ControlNet ${this.path} does not fit this checkpoint: its ${name} is ${shape.join('×')}, but the checkpoint's ` +
        `is ${unet.get(name)!.shape.join('×')}. Use a ControlNet made for this kind of checkpoint.`,
    );
  }
}

/** Layers whose output must have the UNet's width, or whose input is the encoded prompt. */
const FITTING = /^(?:input_blocks\.0\.0|.*\.out_layers\.3|.*\.attn2\.to_k)\.weight$/;
