import type { ComponentConfig } from '../../../weights/component-config.ts';
import type { TensorEntry } from '../../../weights/tensor.ts';
import { GraphBuilder, type GraphModel, type GraphOptions, type Value } from '../../graph/builder.ts';
import { Layers } from '../../graph/layers.ts';
import { GraphWeights } from '../../graph/weights.ts';

type Tensors = ReadonlyMap<string, TensorEntry>;

export interface VaeGraph extends GraphOptions {
  readonly batch: number;
  /** Height and width of the input: latents for the decoder, pixels for the encoder. */
  readonly height: number;
  readonly width: number;
  readonly normGroups: ComponentConfig['vae']['normGroups'];
}

/**
 * The decoder of LDM's AutoencoderKL. Input: `latents` `[batch, 4, height, width]`, already divided by the scaling
 * factor. Output: `pixels` `[batch, 3, 8·height, 8·width]`, about −1…1, not clamped.
 */
export function vaeDecoderGraph(tensors: Tensors, options: VaeGraph): GraphModel {
  const { batch, height, width } = options;
  const { graph, layers, vae } = start(tensors, options);
  const channels = layers.weights.entry('post_quant_conv.weight').shape[1]!;
  let x = layers.conv(graph.input('latents', [batch, channels, height, width]), 'post_quant_conv');
  x = vae.middle(layers.conv(x, 'decoder.conv_in'), 'decoder.mid');
  for (const level of levels(tensors, 'decoder.up').reverse()) {
    x = vae.blocks(x, `decoder.up.${level}`);
    const upsampler = `decoder.up.${level}.upsample.conv`;
    if (layers.weights.has(`${upsampler}.weight`)) {
      x = layers.conv(layers.resize(x, 2 * x.dims[2]!, 2 * x.dims[3]!), upsampler);
    }
  }
  graph.output('pixels', layers.conv(layers.silu(vae.norm(x, 'decoder.norm_out')), 'decoder.conv_out'));
  return graph.toModel();
}

/**
 * The encoder of LDM's AutoencoderKL. Input: `pixels` `[batch, 3, height, width]` in −1…1. Output: `moments`
 * `[batch, 8, height/8, width/8]`: the mean of the latents, then the logarithm of their variance; not scaled.
 */
export function vaeEncoderGraph(tensors: Tensors, options: VaeGraph): GraphModel {
  const { batch, height, width } = options;
  const { graph, layers, vae } = start(tensors, options);
  let x = layers.conv(graph.input('pixels', [batch, 3, height, width]), 'encoder.conv_in');
  for (const level of levels(tensors, 'encoder.down')) {
    x = vae.blocks(x, `encoder.down.${level}`);
    const downsampler = `encoder.down.${level}.downsample.conv`;
    if (layers.weights.has(`${downsampler}.weight`)) x = layers.conv(x, downsampler, { stride: 2, padEnd: true });
  }
  x = vae.middle(x, 'encoder.mid');
  const moments = layers.conv(layers.silu(vae.norm(x, 'encoder.norm_out')), 'encoder.conv_out');
  graph.output('moments', layers.conv(moments, 'quant_conv'));
  return graph.toModel();
}

function start(tensors: Tensors, { normGroups, ...options }: VaeGraph) {
  const graph = new GraphBuilder(options);
  const layers = new Layers(graph, new GraphWeights(graph, tensors));
  return { graph, layers, vae: new VaeBlocks(layers, normGroups) };
}

function levels(tensors: Tensors, name: string): number[] {
  const found: number[] = [];
  while (tensors.has(`${name}.${found.length}.block.0.norm1.weight`)) found.push(found.length);
  return found;
}

class VaeBlocks {
  readonly #layers: Layers;
  readonly #groups: number;

  constructor(layers: Layers, groups: number) {
    this.#layers = layers;
    this.#groups = groups;
  }

  norm(x: Value, name: string): Value {
    return this.#layers.groupNorm(x, name, { groups: this.#groups, epsilon: 1e-6 });
  }

  blocks(x: Value, level: string): Value {
    let y = x;
    for (let i = 0; this.#layers.weights.has(`${level}.block.${i}.norm1.weight`); i++) {
      y = this.#resnet(y, `${level}.block.${i}`);
      if (this.#layers.weights.has(`${level}.attn.${i}.norm.weight`)) y = this.#attention(y, `${level}.attn.${i}`);
    }
    return y;
  }

  middle(x: Value, name: string): Value {
    const y = this.#attention(this.#resnet(x, `${name}.block_1`), `${name}.attn_1`);
    return this.#resnet(y, `${name}.block_2`);
  }

  #resnet(x: Value, name: string): Value {
    return this.#layers.graph.inBlock(() => this.#resnetLayers(x, name));
  }

  #resnetLayers(x: Value, name: string): Value {
    const layers = this.#layers;
    let y = layers.conv(layers.silu(this.norm(x, `${name}.norm1`)), `${name}.conv1`);
    y = layers.conv(layers.silu(this.norm(y, `${name}.norm2`)), `${name}.conv2`);
    const shortcut = `${name}.nin_shortcut`;
    return layers.add(layers.weights.has(`${shortcut}.weight`) ? layers.conv(x, shortcut) : x, y);
  }

  /** Single-head self-attention over all pixels; the projections are 1×1 convolutions, `[C, C, 1, 1]` or `[C, C]`. */
  #attention(x: Value, name: string): Value {
    const layers = this.#layers;
    const [batch, channels, height, width] = x.dims as [number, number, number, number];
    const flat = layers.reshape(this.norm(x, `${name}.norm`), [batch, channels, height * width]);
    const tokens = layers.transpose(flat, [0, 2, 1]);
    const [query, key, value] = ['q', 'k', 'v'].map((part) => this.#pointwise(tokens, `${name}.${part}`));
    const mixed = this.#pointwise(layers.attention(query!, key!, value!, 1), `${name}.proj_out`);
    return layers.add(x, layers.reshape(layers.transpose(mixed, [0, 2, 1]), x.dims));
  }

  #pointwise(tokens: Value, name: string): Value {
    const layers = this.#layers;
    const { shape } = layers.weights.entry(`${name}.weight`);
    const weight = layers.weights.reshaped(`${name}.weight`, shape.slice(0, 2));
    return layers.product(tokens, weight, layers.weights.merged(`${name}.bias`));
  }
}
