import type { ComponentConfig } from '../../../weights/component-config.ts';
import type { UNetPart } from '../../../weights/unet-layout.ts';
import type { Value } from '../../graph/builder.ts';
import type { Layers } from '../../graph/layers.ts';
import { type FreeUStage, filterSkip, scaleBackbone } from './free-u.ts';
import type { MotionBlocks } from './motion.ts';

/** The parts of each numbered block, in order. The middle block is split before each resnet. */
export function layersIn(parts: readonly UNetPart[], section: string): UNetPart[][] {
  const layers: UNetPart[][] = [];
  for (const part of parts) {
    if (!part.ldm.startsWith(`${section}.`) || part.kind === 'other') continue;
    const opensLayer = part.kind === 'resnet' || (part.kind === 'resampler' && section === 'input_blocks');
    if (opensLayer || layers.length === 0) layers.push([part]);
    else layers.at(-1)!.push(part);
  }
  return layers;
}

/** For sizes that are not a multiple of the UNet's, A1111 resizes to the skip connection (sd_hijack_unet.py). */
export function joinSkip(layers: Layers, x: Value, skip: Value): Value {
  const [, , height, width] = skip.dims as [number, number, number, number];
  const fitting = x.dims[2] === height && x.dims[3] === width ? x : layers.resize(x, height, width);
  return layers.concat(fitting, skip, 1);
}

/** Rounding a sample's time would change all of its pixels, and takes as long as the product. */
export const OF_TIME = { exact: true } as const;

/** The embedding of each sample's time. @param time `[b, C₀]`, sinusoidal */
export function timeEmbedding(layers: Layers, time: Value): Value {
  return layers.linear(layers.silu(layers.linear(time, 'time_embed.0', OF_TIME)), 'time_embed.2', OF_TIME);
}

/** The blocks of LDM's UNet, which a ControlNet has, too. */
export class UNetBlocks {
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
    const { graph } = this.#layers;
    let y = x;
    for (const { kind, ldm } of before) {
      const input = y;
      y = graph.inBlock(() => (kind === 'resnet' ? this.#resnet(input, ldm) : this.#transformer(input, ldm)));
    }
    const resnet = before.find(({ kind }) => kind === 'resnet');
    if (motion && resnet) y = motion.after(y, resnet.diffusers);
    return resampler ? graph.inBlock(() => this.#resample(y, resampler.ldm)) : y;
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
    const time = layers.linear(this.#time, `${name}.emb_layers.1`, OF_TIME);
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
