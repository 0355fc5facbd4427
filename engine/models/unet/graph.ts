import type { FreeU } from '../../../plan/plan.ts';
import type { ComponentConfig } from '../../../weights/component-config.ts';
import type { TensorEntry } from '../../../weights/tensor.ts';
import { type UNetPart, unetLayout } from '../../../weights/unet-layout.ts';
import { GraphBuilder, type GraphModel, type GraphOptions, sizeOf, type Value } from '../../graph/builder.ts';
import { Layers } from '../../graph/layers.ts';
import { type AppliedPatch, GraphWeights } from '../../graph/weights.ts';
import { type FreeUStage, filterSkip, freeUStage, scaleBackbone } from './free-u.ts';
import type { MotionBlocks } from './motion.ts';

export interface UNetShape {
  /** Clips that are denoised side by side: the negative prompt, the positive one, … */
  readonly clips: number;
  readonly frames: number;
  /** Height and width of the latents, an eighth of the image's. */
  readonly height: number;
  readonly width: number;
  /** Tokens of the encoded prompts, a multiple of 77. */
  readonly tokens: number;
}

export interface UNetGraph extends GraphOptions {
  readonly shape: UNetShape;
  readonly config: ComponentConfig['unet'];
  readonly freeU?: FreeU | undefined;
  /**
   * What the last layer of the decoder gets from below, `[b, C, height, width]`: `kept`: a part of the output. `given`: the input
   * `deep`, so that only the outermost layers are in the graph. Default: neither.
   */
  readonly deep?: 'kept' | 'given' | undefined;
  /** Adds graph inputs for LoRA strengths, `[1]` or `[clips·frames]` if they travel, and returns patches by weight. */
  readonly patches: (graph: GraphBuilder) => ReadonlyMap<string, readonly AppliedPatch[]>;
  /** The motion module's blocks in the same graph; null: frames are independent images. */
  readonly motion: ((graph: GraphBuilder, shape: UNetShape) => MotionBlocks) | null;
}

/**
 * LDM's UNet with AnimateDiff's temporal blocks. With b = clips·frames, clip by clip:
 *
 * Inputs: `sample` `[b, 4, height, width]` (9 channels in an inpainting model); `time` `[b, C₀]`, the sinusoidal embedding of each sample's timestep;
 * `context` `[b, tokens, D]`; of a UNet that embeds it, `guidance` `[b, G]`, the embedding of the guidance scale.
 * Output: `noise` `[b, 4, height, width]`, the predicted noise or velocity; if `deep` is kept, `[b, (4 + C)·height·width]`, with it.
 */
export function unetGraph(tensors: ReadonlyMap<string, TensorEntry>, options: UNetGraph): GraphModel {
  const { shape, config } = options;
  const graph = new GraphBuilder(options);
  const layers = new Layers(graph, new GraphWeights(graph, tensors, options.patches(graph)));
  const motion = options.motion?.(graph, shape) ?? null;
  const batch = shape.clips * shape.frames;
  const [base, channels] = layers.weights.entry('input_blocks.0.0.weight').shape as [number, number];
  const contextWidth = contextWidthOf(tensors);

  const sample = graph.input('sample', [batch, channels, shape.height, shape.width]);
  const time = graph.input('time', [batch, base]);
  const context = contextWidth === null ? null : graph.input('context', [batch, shape.tokens, contextWidth]);
  const embedded = layers.linear(
    layers.silu(layers.linear(withGuidance(layers, time, batch), 'time_embed.0')),
    'time_embed.2',
  );
  const blocks = new UNetBlocks(layers, config, layers.silu(embedded), context, motion?.sharedNorm ? shape.frames : 1);

  const parts = unetLayout((key) => layers.weights.has(key));
  const first = layers.conv(sample, 'input_blocks.0.0');
  const decoder = layersIn(parts, 'output_blocks');
  const inner = () => innerFeatures(blocks, parts, first, { freeU: options.freeU, motion });
  const deep =
    options.deep === 'given'
      ? graph.input('deep', [batch, deepChannels(layers, decoder), shape.height, shape.width])
      : inner();
  const x = blocks.layer(joinSkip(layers, deep, first), decoder.at(-1)!, motion);
  const out = layers.conv(layers.silu(blocks.norm(x, 'out.0')), 'out.2');
  graph.output('noise', options.deep === 'kept' ? sideBySide(layers, out, deep) : out);
  return graph.toModel();
}

/** All layers but the outermost: what the last layer of the decoder gets from below. */
function innerFeatures(
  blocks: UNetBlocks,
  parts: readonly UNetPart[],
  first: Value,
  { freeU, motion }: Pick<UNetGraph, 'freeU'> & { readonly motion: MotionBlocks | null },
): Value {
  const skips = [first];
  let x = first;
  for (const layer of layersIn(parts, 'input_blocks')) {
    x = blocks.layer(x, layer, motion);
    skips.push(x);
  }
  for (const layer of layersIn(parts, 'middle_block')) x = blocks.layer(x, layer, motion);
  const decoder = layersIn(parts, 'output_blocks');
  const lowest = upBlock(decoder.at(-1)!);
  let level = lowest;
  for (const layer of decoder.slice(0, -1)) {
    const stage = freeU ? freeUStage(freeU, level) : null;
    x = blocks.layer(blocks.joined(x, skips.pop()!, stage), layer, motion);
    level = lowest - upBlock(layer);
  }
  return x;
}

/** Channels of `deep`. */
function deepChannels({ weights }: Layers, decoder: readonly (readonly UNetPart[])[]): number {
  return weights.entry(`${decoder.at(-2)![0]!.ldm}.out_layers.3.weight`).shape[0]!;
}

/** Two values of each sample in one row, because sessions have one output. */
function sideBySide(layers: Layers, a: Value, b: Value): Value {
  const [left, right] = [a, b].map((x) => layers.reshape(x, [x.dims[0]!, sizeOf(x) / x.dims[0]!])) as [Value, Value];
  return layers.concat(left, right, 1);
}

/** The guidance scale is added to the time (diffusers, `TimestepEmbedding` with `cond_proj_dim`). */
function withGuidance(layers: Layers, time: Value, batch: number): Value {
  const projection = 'time_embed.cond_proj';
  if (!layers.weights.has(`${projection}.weight`)) return time;
  const width = layers.weights.entry(`${projection}.weight`).shape[1]!;
  return layers.add(time, layers.linear(layers.graph.input('guidance', [batch, width]), projection));
}

/** The width of the encoded prompts that a UNet's cross-attention expects; null if it has no cross-attention. */
export function contextWidthOf(tensors: ReadonlyMap<string, TensorEntry>): number | null {
  for (const [key, { shape }] of tensors) {
    if (key.endsWith('.attn2.to_k.weight')) return shape[1]!;
  }
  return null;
}

/** The parts of each numbered block, in order. The middle block is split before each resnet. */
function layersIn(parts: readonly UNetPart[], section: string): UNetPart[][] {
  const layers: UNetPart[][] = [];
  for (const part of parts) {
    if (!part.ldm.startsWith(`${section}.`) || part.kind === 'other') continue;
    const opensLayer = part.kind === 'resnet' || (part.kind === 'resampler' && section === 'input_blocks');
    if (opensLayer || layers.length === 0) layers.push([part]);
    else layers.at(-1)!.push(part);
  }
  return layers;
}

/** The number of a decoder layer's block, from the lowest level up. */
const upBlock = ([part]: readonly UNetPart[]): number => Number(part!.diffusers.split('.')[1]);

/** For sizes that are not a multiple of the UNet's, A1111 resizes to the skip connection (sd_hijack_unet.py). */
function joinSkip(layers: Layers, x: Value, skip: Value): Value {
  const [, , height, width] = skip.dims as [number, number, number, number];
  const fitting = x.dims[2] === height && x.dims[3] === width ? x : layers.resize(x, height, width);
  return layers.concat(fitting, skip, 1);
}

class UNetBlocks {
  readonly #layers: Layers;
  readonly #config: ComponentConfig['unet'];
  readonly #time: Value;
  readonly #context: Value | null;
  readonly #sharedFrames: number;

  constructor(
    layers: Layers,
    config: ComponentConfig['unet'],
    time: Value,
    context: Value | null,
    sharedFrames: number,
  ) {
    this.#layers = layers;
    this.#config = config;
    this.#time = time;
    this.#context = context;
    this.#sharedFrames = sharedFrames;
  }

  /** What a layer of the decoder gets, with FreeU's factors. */
  joined(x: Value, skip: Value, stage: FreeUStage | null): Value {
    const layers = this.#layers;
    if (!stage) return joinSkip(layers, x, skip);
    return joinSkip(layers, scaleBackbone(layers, x, stage.backbone), filterSkip(layers, skip, stage.skip));
  }

  /** A resnet, its attention, their motion block, and a resampler, as far as they exist. */
  layer(x: Value, parts: readonly UNetPart[], motion: MotionBlocks | null): Value {
    const before = parts.filter(({ kind }) => kind !== 'resampler');
    const resampler = parts.find(({ kind }) => kind === 'resampler');
    let y = x;
    for (const { kind, ldm } of before) {
      y = kind === 'resnet' ? this.#resnet(y, ldm) : this.#transformer(y, ldm);
    }
    const resnet = before.find(({ kind }) => kind === 'resnet');
    if (motion && resnet) y = motion.after(y, resnet.diffusers);
    return resampler ? this.#resample(y, resampler.ldm) : y;
  }

  /** The norms that v1 motion modules compute over all frames of a clip. */
  norm(x: Value, name: string): Value {
    return this.#layers.groupNorm(x, name, {
      groups: this.#config.normGroups,
      epsilon: 1e-5,
      shared: this.#sharedFrames,
    });
  }

  #resnet(x: Value, name: string): Value {
    const layers = this.#layers;
    let y = layers.conv(layers.silu(this.norm(x, `${name}.in_layers.0`)), `${name}.in_layers.2`);
    const time = layers.linear(this.#time, `${name}.emb_layers.1`);
    y = layers.add(y, layers.reshape(time, [y.dims[0]!, y.dims[1]!, 1, 1]));
    y = layers.conv(layers.silu(this.norm(y, `${name}.out_layers.0`)), `${name}.out_layers.3`);
    const skip = `${name}.skip_connection`;
    return layers.add(layers.weights.has(`${skip}.weight`) ? layers.conv(x, skip) : x, y);
  }

  #transformer(x: Value, name: string): Value {
    const layers = this.#layers;
    const [batch, channels, height, width] = x.dims as [number, number, number, number];
    const normal = layers.groupNorm(x, `${name}.norm`, { groups: this.#config.normGroups, epsilon: 1e-6 });
    const projectsPixels = layers.weights.entry(`${name}.proj_in.weight`).shape.length === 4;
    const toTokens = (y: Value) => layers.transpose(layers.reshape(y, [batch, y.dims[1]!, height * width]), [0, 2, 1]);
    const toPixels = (y: Value) => layers.reshape(layers.transpose(y, [0, 2, 1]), [batch, channels, height, width]);
    let tokens = projectsPixels
      ? toTokens(layers.conv(normal, `${name}.proj_in`))
      : layers.linear(toTokens(normal), `${name}.proj_in`);
    for (let i = 0; layers.weights.has(`${name}.transformer_blocks.${i}.norm1.weight`); i++) {
      tokens = this.#transformerBlock(tokens, `${name}.transformer_blocks.${i}`);
    }
    const out = projectsPixels
      ? layers.conv(toPixels(tokens), `${name}.proj_out`)
      : toPixels(layers.linear(tokens, `${name}.proj_out`));
    return layers.add(x, out);
  }

  #transformerBlock(x: Value, name: string): Value {
    const layers = this.#layers;
    const own = layers.layerNorm(x, `${name}.norm1`);
    let y = layers.add(x, this.#attention(own, own, `${name}.attn1`));
    const query = layers.layerNorm(y, `${name}.norm2`);
    y = layers.add(y, this.#attention(query, this.#context ?? query, `${name}.attn2`));
    return layers.add(y, layers.geglu(layers.layerNorm(y, `${name}.norm3`), `${name}.ff`));
  }

  #attention(x: Value, context: Value, name: string): Value {
    const layers = this.#layers;
    const query = layers.linear(x, `${name}.to_q`);
    const [key, value] = [layers.linear(context, `${name}.to_k`), layers.linear(context, `${name}.to_v`)];
    return layers.linear(layers.attention(query, key, value, this.#config.heads), `${name}.to_out.0`);
  }

  #resample(x: Value, name: string): Value {
    const layers = this.#layers;
    if (name.endsWith('.op')) return layers.conv(x, name, { stride: 2 });
    return layers.conv(layers.resize(x, 2 * x.dims[2]!, 2 * x.dims[3]!), name);
  }
}
