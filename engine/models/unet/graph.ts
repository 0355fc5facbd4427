import type { FreeU } from '../../../plan/plan.ts';
import type { ComponentConfig } from '../../../weights/component-config.ts';
import type { TensorEntry } from '../../../weights/tensor.ts';
import { type UNetPart, unetLayout } from '../../../weights/unet-layout.ts';
import { GraphBuilder, type GraphModel, type GraphOptions, sizeOf, type Value } from '../../graph/builder.ts';
import { Layers } from '../../graph/layers.ts';
import { type AppliedPatch, GraphWeights } from '../../graph/weights.ts';
import type { ControlInputs } from '../controlnet/graph.ts';
import { joinSkip, layersIn, OF_TIME, timeEmbedding, UNetBlocks } from './blocks.ts';
import { freeUStage } from './free-u.ts';
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
  /**
   * Adds what ControlNets compute in the same graph; null: none acts. Returns what is added to each skip connection and,
   * last, to the middle block.
   */
  readonly controls?: ((graph: GraphBuilder, inputs: ControlInputs) => readonly Value[]) | null;
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
  const embedded = timeEmbedding(layers, withGuidance(layers, time, batch));
  const sharedFrames = motion?.sharedNorm ? shape.frames : 1;
  const blocks = new UNetBlocks(layers, config, layers.silu(embedded), context, sharedFrames);
  const outermost = options.deep === 'given';
  const residuals = options.controls?.(graph, { sample, time, context, sharedFrames, outermost }) ?? null;
  const controlled = (value: Value, index: number) => (residuals ? layers.add(value, residuals[index]!) : value);

  const parts = unetLayout((key) => layers.weights.has(key));
  const first = layers.conv(sample, 'input_blocks.0.0');
  const decoder = layersIn(parts, 'output_blocks');
  const deep = outermost
    ? graph.input('deep', [batch, deepChannels(layers, decoder), shape.height, shape.width])
    : innerFeatures(blocks, parts, first, { freeU: options.freeU, motion, controlled });
  const x = blocks.layer(joinSkip(layers, deep, controlled(first, 0)), decoder.at(-1)!, motion);
  const out = layers.conv(layers.silu(blocks.norm(x, 'out.0')), 'out.2');
  graph.output('noise', options.deep === 'kept' ? sideBySide(layers, out, deep) : out);
  return graph.toModel();
}

interface InnerOptions extends Pick<UNetGraph, 'freeU'> {
  readonly motion: MotionBlocks | null;
  /** Adds what ControlNets compute for a skip connection or, last, for the middle block. */
  readonly controlled: (value: Value, index: number) => Value;
}

/** All layers but the outermost: what the last layer of the decoder gets from below. */
function innerFeatures(
  blocks: UNetBlocks,
  parts: readonly UNetPart[],
  first: Value,
  { freeU, motion, controlled }: InnerOptions,
): Value {
  const skips = [first];
  let x = first;
  for (const layer of layersIn(parts, 'input_blocks')) {
    x = blocks.layer(x, layer, motion);
    skips.push(x);
  }
  for (const layer of layersIn(parts, 'middle_block')) x = blocks.layer(x, layer, motion);
  x = controlled(x, skips.length);
  const decoder = layersIn(parts, 'output_blocks');
  const lowest = upBlock(decoder.at(-1)!);
  let level = lowest;
  for (const layer of decoder.slice(0, -1)) {
    const stage = freeU ? freeUStage(freeU, level) : null;
    const skip = controlled(skips.pop()!, skips.length);
    x = blocks.layer(blocks.joined(x, skip, stage), layer, motion);
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
  return layers.add(time, layers.linear(layers.graph.input('guidance', [batch, width]), projection, OF_TIME));
}

/** The width of the encoded prompts that a UNet's cross-attention expects; null if it has no cross-attention. */
export function contextWidthOf(tensors: ReadonlyMap<string, TensorEntry>): number | null {
  for (const [key, { shape }] of tensors) {
    if (key.endsWith('.attn2.to_k.weight')) return shape[1]!;
  }
  return null;
}

/** The number of a decoder layer's block, from the lowest level up. */
const upBlock = ([part]: readonly UNetPart[]): number => Number(part!.diffusers.split('.')[1]);
