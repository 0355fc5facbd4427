import type { MotionVersion } from '../../../plan/model.ts';
import type { ComponentConfig } from '../../../weights/component-config.ts';
import { BadModelError, type TensorEntry } from '../../../weights/tensor.ts';
import type { GraphBuilder, Value } from '../../graph/builder.ts';
import { Layers } from '../../graph/layers.ts';
import { type AppliedPatch, GraphWeights } from '../../graph/weights.ts';

export interface MotionGraph {
  readonly clips: number;
  readonly frames: number;
  readonly version: MotionVersion;
  readonly config: ComponentConfig['motionModule'];
  readonly patches: ReadonlyMap<string, readonly AppliedPatch[]>;
  /** Whether the CPU runs it, whatever device runs the UNet. */
  readonly onCpu?: boolean;
}

/**
 * AnimateDiff's motion module: after a UNet layer, attention over time at every pixel. Its group norm is per frame, as
 * in the original and in sd-webui-animatediff; in diffusers it is per clip.
 *
 * Adds the graph input `motion_scale` `[clips·frames]`: the strength in each frame, 1 as trained.
 */
export class MotionBlocks {
  /**
   * v1 and HotShot-XL: the statistics of the UNet's resnet norms, and of its last norm, are over all frames of a clip.
   */
  readonly sharedNorm: boolean;
  readonly #layers: Layers;
  readonly #options: MotionGraph;
  readonly #scale: Value;

  constructor(graph: GraphBuilder, tensors: ReadonlyMap<string, TensorEntry>, options: MotionGraph) {
    rejectTraveling(tensors, options.patches);
    this.#layers = new Layers(graph, new GraphWeights(graph, tensors, options.patches));
    this.#options = options;
    this.sharedNorm = options.version === 'v1' || options.version === 'hotshot-xl';
    this.#scale = graph.input('motion_scale', [options.clips * options.frames]);
  }

  /**
   * Apply the motion block of a UNet layer; returns x if the module has no block for it.
   *
   * @param resnet diffusers' name of the layer's resnet, `down_blocks.0.resnets.1`
   */
  after(x: Value, resnet: string): Value {
    const names = [
      `${resnet.replace('.resnets.', '.motion_modules.')}.temporal_transformer`,
      // HotShot-XL's
      resnet.replace('.resnets.', '.temporal_attentions.'),
    ];
    const name = names.find((candidate) => this.#layers.weights.has(`${candidate}.proj_in.weight`));
    if (!name) return x;
    const { graph } = this.#layers;
    const block = () => graph.inBlock(() => this.block(x, name));
    return this.#options.onCpu ? graph.onCpu(block) : block();
  }

  /** One temporal transformer on x `[clips·frames, channels, height, width]`. */
  block(x: Value, name: string): Value {
    const layers = this.#layers;
    const { clips, frames, config } = this.#options;
    const [batch, channels, height, width] = x.dims as [number, number, number, number];
    const area = height * width;
    this.#checkWidth(name, channels);
    const normal = layers.groupNorm(x, `${name}.norm`, { groups: config.normGroups, epsilon: 1e-6 });
    const pixelsFirst = layers.transpose(layers.reshape(normal, [clips, frames, channels, area]), [0, 3, 1, 2]);
    let tokens = layers.linear(layers.reshape(pixelsFirst, [clips * area, frames, channels]), `${name}.proj_in`);
    for (let i = 0; layers.weights.has(`${name}.transformer_blocks.${i}.ff_norm.weight`); i++) {
      tokens = this.#transformerBlock(tokens, `${name}.transformer_blocks.${i}`);
    }
    const out = layers.reshape(layers.linear(tokens, `${name}.proj_out`), [clips, area, frames, channels]);
    const framesFirst = layers.reshape(layers.transpose(out, [0, 2, 3, 1]), x.dims);
    const strength = layers.reshape(this.#scale, [batch, 1, 1, 1]);
    return layers.add(x, layers.multiply(framesFirst, strength));
  }

  #checkWidth(name: string, channels: number): void {
    const { file, shape } = this.#layers.weights.entry(`${name}.proj_in.weight`);
    if (shape[1] === channels) return;
    throw new BadModelError(
      `The motion module ${file} does not fit this checkpoint: its layer ${name} has ${shape[1]} channels, but the ` +
        `checkpoint has ${channels}. Use a motion module made for this kind of checkpoint.`,
    );
  }

  #transformerBlock(x: Value, name: string): Value {
    const layers = this.#layers;
    let y = x;
    for (let i = 0; layers.weights.has(`${name}.norms.${i}.weight`); i++) {
      const normal = this.#withPositions(layers.layerNorm(y, `${name}.norms.${i}`), `${name}.attention_blocks.${i}`);
      y = layers.add(y, this.#attention(normal, `${name}.attention_blocks.${i}`));
    }
    return layers.add(y, layers.geglu(layers.layerNorm(y, `${name}.ff_norm`), `${name}.ff`));
  }

  /** The first rows of the positional table: frame i of a window is always position i. */
  #withPositions(x: Value, attention: string): Value {
    const { graph, weights } = this.#layers;
    const keys = [`${attention}.pos_encoder.pe`, `${attention}.pos_encoder.positional_encoding`];
    const key = keys.find((candidate) => weights.has(candidate));
    if (!key) return x;
    const table = weights.merged(key);
    const [, frames, channels] = x.dims as [number, number, number];
    const [start, end, axis] = [graph.indices([0]), graph.indices([frames]), graph.indices([1])];
    return this.#layers.add(x, graph.prepare('Slice', [table, start, end, axis], [1, frames, channels]));
  }

  #attention(x: Value, name: string): Value {
    const layers = this.#layers;
    const [query, key, value] = ['to_q', 'to_k', 'to_v'].map((part) => layers.linear(x, `${name}.${part}`));
    const mixed = layers.attention(query!, key!, value!, this.#options.config.heads);
    return layers.linear(mixed, `${name}.to_out.0`);
  }
}

/** A temporal layer mixes frames, so it cannot have a strength per frame. */
function rejectTraveling(tensors: ReadonlyMap<string, TensorEntry>, patches: MotionGraph['patches']): void {
  for (const [target, applied] of patches) {
    if (tensors.has(target) && applied.some(({ strength }) => strength.dims[0] !== 1)) {
      throw new BadModelError(
        `A LoRA for the motion module (${target}) must have one weight for the whole clip. Give it the same weight at ` +
          'every keyframe.',
      );
    }
  }
}
