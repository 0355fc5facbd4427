import type { ComponentConfig } from '../../../weights/component-config.ts';
import type { TensorEntry } from '../../../weights/tensor.ts';
import { unetLayout } from '../../../weights/unet-layout.ts';
import { GraphBuilder, type GraphModel, type GraphOptions, type Value } from '../../graph/builder.ts';
import { Layers } from '../../graph/layers.ts';
import { add, multiply } from '../../graph/operations.ts';
import { GraphWeights } from '../../graph/weights.ts';
import type { LoraPatch } from '../../lora/patches.ts';
import { layersIn, timeEmbedding, UNetBlocks } from '../unet/blocks.ts';

/** A ControlNet's weights by LDM's names without prefix, and what its keys do not tell. */
export interface ControlNetWeights {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly config: ComponentConfig['unet'];
  /** What a Control-LoRA adds to weights, by the name of the tensor in its file; empty: nothing. */
  readonly changes: ReadonlyMap<string, LoraPatch>;
}

/** What the UNet gets, and its ControlNets with it. */
export interface ControlInputs {
  /** `[b, channels, height, width]`; a ControlNet reads as many channels as it has, an inpainting model's first 4. */
  readonly sample: Value;
  /** `[b, C₀]`, the sinusoidal embedding of each sample's timestep. */
  readonly time: Value;
  /** `[b, tokens, D]`; null if the UNet has no cross-attention. */
  readonly context: Value | null;
  /** Frames that share the statistics of norms, as in a UNet with a v1 motion module; else 1. */
  readonly sharedFrames: number;
  /** Whether only the residual of the first skip connection is needed, so that no other layer is in the graph. */
  readonly outermost: boolean;
}

/** How the residuals of a ControlNet are added. */
export interface ControlScaling {
  /** Residual i of n is multiplied by 0.825^(n − 1 − i): the modes in which the prompt or the hint is more important. */
  readonly soft: boolean;
  /** Each residual is its mean over all pixels, as the shuffle model was trained. */
  readonly pooled: boolean;
}

/** From one residual to the one before it, in sd-webui-controlnet's soft injection. */
const SOFT_FACTOR = 0.825;

/** Convolutions of the hint block that halve the size, by their number. */
const HALVING: ReadonlySet<number> = new Set([4, 8, 12]);

/**
 * The part of a ControlNet that depends on the hint alone (`input_hint_block` of lllyasviel's cldm.py).
 *
 * Input: `hint` `[1, channels, 8·height, 8·width]`, values from 0 to 1. Output: `embedded` `[1, C₀, height, width]`.
 */
export function hintGraph(
  { tensors }: ControlNetWeights,
  { height, width }: { readonly height: number; readonly width: number },
  options: GraphOptions,
): GraphModel {
  const graph = new GraphBuilder(options);
  const layers = new Layers(graph, new GraphWeights(graph, tensors));
  const channels = layers.weights.entry('input_hint_block.0.weight').shape[1]!;
  let x = graph.input('hint', [1, channels, 8 * height, 8 * width]);
  for (let i = 0; layers.weights.has(`input_hint_block.${i}.weight`); i += 2) {
    if (i > 0) x = layers.silu(x);
    x = layers.conv(x, `input_hint_block.${i}`, { stride: HALVING.has(i) ? 2 : 1 });
  }
  graph.output('embedded', x);
  return graph.toModel();
}

/**
 * Adds a ControlNet to a UNet's graph: the UNet's way down, with the embedded hint added to its first convolution.
 *
 * @param hint `[b, C₀, height, width]`
 * @returns a residual for each skip connection of the UNet and, last, one for its middle block; or the first one alone
 */
export function controlNetResiduals(
  graph: GraphBuilder,
  { tensors, config, changes }: ControlNetWeights,
  { sample, time, context, sharedFrames, outermost }: ControlInputs,
  hint: Value,
): Value[] {
  const patches = [...changes].map(([name, patch]) => [name, [{ patch, strength: graph.constant([1], [1]) }]] as const);
  const layers = new Layers(graph, new GraphWeights(graph, tensors, new Map(patches)));
  const embedded = timeEmbedding(layers, time);
  const blocks = new UNetBlocks(layers, config, layers.silu(embedded), context, sharedFrames);
  const parts = unetLayout((key) => layers.weights.has(key));
  const own = layers.weights.entry('input_blocks.0.0.weight').shape[1]!;
  const input = own < sample.dims[1]! ? layers.firstChannels(sample, own) : sample;

  let x = layers.add(layers.conv(input, 'input_blocks.0.0'), hint);
  const residuals = [layers.conv(x, 'zero_convs.0.0')];
  if (outermost) return residuals;
  for (const layer of layersIn(parts, 'input_blocks')) {
    x = blocks.layer(x, layer, null);
    residuals.push(layers.conv(x, `zero_convs.${residuals.length}.0`));
  }
  for (const layer of layersIn(parts, 'middle_block')) x = blocks.layer(x, layer, null);
  return [...residuals, layers.conv(x, 'middle_block_out.0')];
}

/** How many residuals a ControlNet has. */
export const residualCount = ({ tensors }: ControlNetWeights): number =>
  layersIn(
    unetLayout((key) => tensors.has(key)),
    'input_blocks',
  ).length + 2;

/**
 * Residuals times the strength of their sample and its mask, as sd-webui-controlnet does (hook.py).
 *
 * @param strength `[b]`
 * @param options.mask where they are added, in the size of each, `[b, 1, height, width]`; default: everywhere
 * @param count of all residuals, of which there may be only the first
 */
export function scaledResiduals(
  graph: GraphBuilder,
  residuals: readonly Value[],
  strength: Value,
  {
    soft,
    pooled,
    mask,
  }: ControlScaling & {
    readonly mask?: ((size: { readonly height: number; readonly width: number }) => Value) | undefined;
  },
  count = residuals.length,
): Value[] {
  const perSample = graph.reshape(strength, [strength.dims[0]!, 1, 1, 1]);
  return residuals.map((residual, i) => {
    const factor = SOFT_FACTOR ** (count - 1 - i);
    const scale = soft ? multiply(graph, perSample, graph.constant([factor], [1])) : perSample;
    const scaled = multiply(graph, residual, scale);
    const [batch, channels, height, width] = residual.dims as [number, number, number, number];
    const masked = mask ? multiply(graph, scaled, mask({ height, width })) : scaled;
    return pooled ? graph.op('GlobalAveragePool', [masked], [batch, channels, 1, 1]) : masked;
  });
}

/** The residuals of several ControlNets as one. */
export function sumOfResiduals(graph: GraphBuilder, all: readonly (readonly Value[])[]): Value[] {
  return all[0]!.map((first, i) =>
    all.slice(1).reduce((sum, residuals) => {
      const residual = residuals[i]!;
      // A pooled residual is as large as one pixel.
      const [larger, other] =
        residual.dims[2]! > sum.dims[2]! || residual.dims[3]! > sum.dims[3]! ? [residual, sum] : [sum, residual];
      return add(graph, larger, other);
    }, first),
  );
}
