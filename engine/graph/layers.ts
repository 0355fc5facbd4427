import { BadModelError, elementCount } from '../../weights/tensor.ts';
import type { LoraPatch } from '../lora/patches.ts';
import { type GraphBuilder, sizeOf, type Value } from './builder.ts';
import { Int8Products } from './int8.ts';
import { float } from './messages.ts';
import { add, multiply, transpose } from './operations.ts';
import { type ConvOptions, convolve, inRuns, product } from './products.ts';
import type { GraphWeights } from './weights.ts';

export interface GroupNormOptions {
  readonly groups: number;
  readonly epsilon: number;
  /** Samples that share their statistics, such as the frames of a clip; 1: each sample has its own. */
  readonly shared?: number;
}

/** Rows that fit into the second-level cache with the wide results of a feed-forward layer and a part of its weights. */
const GEGLU_ROWS = 512;

/** Rows of a sample from which on rounding a weight takes less time than 8-bit products save. */
const LEAST_ROUNDED = 64;

/** The layers of Stable Diffusion's networks, added to a graph with weights by name. */
export class Layers {
  readonly graph: GraphBuilder;
  readonly weights: GraphWeights;
  readonly #int8: Int8Products;

  constructor(graph: GraphBuilder, weights: GraphWeights) {
    this.graph = graph;
    this.weights = weights;
    this.#int8 = new Int8Products(graph);
  }

  /**
   * x·Wᵀ + b over the last axis; W is `[out, in]` as in PyTorch.
   *
   * @param exact whether it is in float32. Default: if the graph has no 8-bit products, or the layer is small
   */
  linear(x: Value, name: string, { exact = !this.#isRounded(x) } = {}): Value {
    const key = `${name}.weight`;
    const weight = this.weights.merged(key);
    const bias = this.weights.has(`${name}.bias`) ? this.weights.merged(`${name}.bias`) : null;
    let y = exact ? this.product(x, weight, bias) : this.#rounded(x, weight, bias);
    for (const { patch, strength } of this.weights.travelling(key)) {
      const factors = this.weights.factors(patch);
      const { value, scale } = factors
        ? { value: this.product(this.product(x, factors.down), factors.up), scale: patch.scale }
        : this.#productWithChange(x, key, patch);
      y = this.add(y, this.#strengthened(value, strength, scale));
    }
    return this.#withTravelling(y, `${name}.bias`, y.dims.length - 1);
  }

  #isRounded(x: Value): boolean {
    const { int8 } = this.graph;
    return int8 !== undefined && sizeOf(x) / x.dims.at(-1)! / int8.samples >= LEAST_ROUNDED;
  }

  #rounded(x: Value, weight: Value, bias: Value | null): Value {
    const y = this.#int8.product(x, weight);
    return bias ? this.add(y, bias) : y;
  }

  /** x·Wᵀ + b over the last axis of any value. */
  product(x: Value, weight: Value, bias: Value | null = null): Value {
    return product(this.graph, x, weight, bias);
  }

  #productWithChange(x: Value, key: string, patch: LoraPatch): { readonly value: Value; readonly scale: number } {
    const { value, scale } = this.weights.change(key, patch);
    return { value: this.product(x, value), scale };
  }

  /** Adds what LoRAs add to a vector of a layer, one value per channel, with strengths that differ between samples. */
  #withTravelling(y: Value, key: string, channelAxis: number, times: Value | null = null): Value {
    if (!this.weights.has(key)) return y;
    return this.weights.travelling(key).reduce((sum, { patch, strength }) => {
      const { value, scale } = this.weights.change(key, patch);
      const shape = y.dims.map((size, axis) => (axis === channelAxis ? size : 1));
      const perChannel = this.reshapeWeight(value, shape);
      const change = times
        ? this.multiply(times, perChannel)
        : this.graph.op('Expand', [perChannel, this.graph.op('Shape', [y], [y.dims.length])], y.dims);
      return this.add(sum, this.#strengthened(change, strength, scale));
    }, y);
  }

  /** A 2-D convolution that keeps the size, or halves it with stride 2; x is `[batch, channels, height, width]`. */
  conv(x: Value, name: string, { stride = 1, padEnd = false }: ConvOptions = {}): Value {
    const key = `${name}.weight`;
    const weight = this.weights.merged(key);
    const bias = this.weights.has(`${name}.bias`) ? this.weights.merged(`${name}.bias`) : null;
    let y = convolve(this.graph, x, weight, bias, { stride, padEnd });
    for (const { patch, strength } of this.weights.travelling(key)) {
      const { value, scale } = this.#convolvedChange(x, key, patch, { stride, padEnd });
      y = this.add(y, this.#strengthened(value, strength, scale));
    }
    return this.#withTravelling(y, `${name}.bias`, 1);
  }

  #convolvedChange(x: Value, key: string, patch: LoraPatch, options: ConvOptions) {
    const [out, ...kernel] = this.weights.entry(key).shape as [number, ...number[]];
    const factors = this.weights.factors(patch);
    if (!factors) {
      const { value, scale } = this.weights.change(key, patch);
      return { value: convolve(this.graph, x, value, null, options), scale };
    }
    const rank = factors.down.dims[0]!;
    const low = convolve(this.graph, x, this.reshapeWeight(factors.down, [rank, ...kernel]), null, options);
    const value = convolve(this.graph, low, this.reshapeWeight(factors.up, [out, rank, 1, 1]), null);
    return { value, scale: patch.scale };
  }

  /**
   * A LoRA's change of a layer's output, for a strength that differs between samples and is not merged into the weight.
   *
   * @param strength `[samples]`; y's first axis is samples, or samples times an inner axis
   */
  #strengthened(y: Value, strength: Value, scale: number): Value {
    const samples = strength.dims[0]!;
    const factor = this.multiply(strength, this.graph.constant([scale], [1]));
    const perSample = [samples, elementCount(y.dims) / samples];
    const flat = this.reshape(y, perSample);
    return this.reshape(this.multiply(flat, this.reshape(factor, [samples, 1])), y.dims);
  }

  /** Group normalization of `[batch, channels, …]`. */
  groupNorm(x: Value, name: string, { groups, epsilon, shared = 1 }: GroupNormOptions): Value {
    const { graph } = this;
    const [batch, channels] = x.dims as [number, number];
    const area = elementCount(x.dims.slice(2));
    const clips = batch / shared;
    const together = shared === 1 ? x : this.#channelsFirst(x, [clips, shared, channels, area]);
    const grouped = this.reshape(together, [clips, groups, (shared * channels * area) / groups]);
    const [one, zero] = [
      graph.constant(Array(groups).fill(1), [groups]),
      graph.constant(Array(groups).fill(0), [groups]),
    ];
    const normal = graph.op('InstanceNormalization', [grouped, one, zero], grouped.dims, {
      attributes: { epsilon: float(epsilon) },
    });
    const apart = shared === 1 ? normal : this.#channelsFirst(normal, [clips, channels, shared, area]);
    const shape = this.reshape(apart, x.dims);
    const perChannel = [channels, ...x.dims.slice(2).map(() => 1)];
    const scale = this.weights.reshaped(`${name}.weight`, perChannel);
    const shift = this.weights.reshaped(`${name}.bias`, perChannel);
    const y = this.add(this.multiply(shape, scale), shift);
    return this.#withTravelling(this.#withTravelling(y, `${name}.weight`, 1, shape), `${name}.bias`, 1);
  }

  /** Swap the two middle axes of a value reshaped to 4-D. */
  #channelsFirst(x: Value, [a, b, c, d]: [number, number, number, number]): Value {
    return this.transpose(this.reshape(x, [a, b, c, d]), [0, 2, 1, 3]);
  }

  /** Layer normalization over the last axis. */
  layerNorm(x: Value, name: string): Value {
    const [weight, bias] = [`${name}.weight`, `${name}.bias`];
    const y = this.#normalized(x, this.weights.merged(weight), this.weights.merged(bias));
    const last = x.dims.length - 1;
    if (this.weights.travelling(weight).length === 0) return this.#withTravelling(y, bias, last);
    const channels = x.dims.at(-1)!;
    const ones = this.graph.constant(Array(channels).fill(1), [channels]);
    const plain = this.#normalized(x, ones, this.graph.constant(Array(channels).fill(0), [channels]));
    return this.#withTravelling(this.#withTravelling(y, weight, last, plain), bias, last);
  }

  #normalized(x: Value, scale: Value, shift: Value): Value {
    const attributes = { axis: -1, epsilon: float(1e-5) };
    return this.graph.op('LayerNormalization', [x, scale, shift], x.dims, { attributes });
  }

  /**
   * Scaled dot-product attention of `[batch, tokens, channels]`. @param mask added to the scores
   *
   * @throws BadModelError when the heads do not divide the channels
   */
  attention(query: Value, key: Value, value: Value, heads: number, mask: Value | null = null): Value {
    const channels = query.dims.at(-1)!;
    if (channels % heads !== 0) {
      throw new BadModelError(
        `An attention layer has ${channels} channels, which is not a multiple of its ${heads} heads. A model with another ` +
          'number of heads must declare it in its metadata.',
      );
    }
    if (mask || !this.graph.fusedAttention) return this.#writtenOutAttention(query, key, value, heads, mask);
    return this.graph.op('MultiHeadAttention', [query, key, value], query.dims, {
      contrib: true,
      attributes: { num_heads: heads },
    });
  }

  #writtenOutAttention(query: Value, key: Value, value: Value, heads: number, mask: Value | null): Value {
    const { graph } = this;
    const [batch, tokens, channels] = query.dims as [number, number, number];
    const size = channels / heads;
    const split = (x: Value, perm: readonly number[]) =>
      this.transpose(this.reshape(x, [batch, x.dims[1]!, heads, size]), perm);
    const [q, k, v] = [split(query, [0, 2, 1, 3]), split(key, [0, 2, 3, 1]), split(value, [0, 2, 1, 3])];
    const scores = graph.op('MatMul', [q, k], [batch, heads, tokens, key.dims[1]!]);
    const scaled = this.multiply(scores, graph.constant([size ** -0.5], [1]));
    const masked = mask ? this.add(scaled, mask) : scaled;
    const shares = graph.op('Softmax', [masked], masked.dims, { attributes: { axis: -1 } });
    const mixed = graph.op('MatMul', [shares, v], [batch, heads, tokens, size]);
    return this.reshape(this.transpose(mixed, [0, 2, 1, 3]), query.dims);
  }

  /** x·sigmoid(x), as QuickGelu with α = 1. */
  silu(x: Value): Value {
    return this.quickGelu(x, 1);
  }

  /** x·sigmoid(αx); CLIP's α is 1.702. */
  quickGelu(x: Value, alpha = 1.702): Value {
    return this.graph.op('QuickGelu', [x], x.dims, { contrib: true, attributes: { alpha: float(alpha) } });
  }

  gelu(x: Value): Value {
    return this.graph.op('Gelu', [x], x.dims, { contrib: true });
  }

  /** The gated feed-forward of a transformer block: one linear layer computes both the values and their gates. */
  geglu(x: Value, name: string): Value {
    const channels = x.dims.at(-1)!;
    const travels = [`${name}.net.0.proj`, `${name}.net.2`].some(
      (key) => this.weights.travelling(`${key}.weight`).length,
    );
    // A LoRA that travels needs to know the sample of each row.
    const exact = !this.#isRounded(x);
    if (travels) return this.#gegluRun(x, name, exact);
    const flat = this.reshape(x, [sizeOf(x) / channels, channels]);
    // Fewer rows than channels would be multiplied the other way round, with other rounding.
    const y = inRuns(this.graph, flat, Math.max(GEGLU_ROWS, channels), (run) => this.#gegluRun(run, name, exact));
    return this.reshape(y, [...x.dims.slice(0, -1), y.dims[1]!]);
  }

  #gegluRun(x: Value, name: string, exact: boolean): Value {
    const [values, gates] = this.graph.halves(this.linear(x, `${name}.net.0.proj`, { exact }));
    return this.linear(this.multiply(values, this.gelu(gates)), `${name}.net.2`, { exact });
  }

  add(a: Value, b: Value): Value {
    return add(this.graph, a, b);
  }

  multiply(a: Value, b: Value): Value {
    return multiply(this.graph, a, b);
  }

  reshape(x: Value, dims: readonly number[]): Value {
    return this.graph.reshape(x, dims);
  }

  reshapeWeight(x: Value, dims: readonly number[]): Value {
    return this.graph.reshapeWeight(x, dims);
  }

  transpose(x: Value, perm: readonly number[]): Value {
    return transpose(this.graph, x, perm);
  }

  concat(a: Value, b: Value, axis: number): Value {
    return this.graph.concat([a, b], axis);
  }

  /** The first `count` channels of `[batch, channels, height, width]`. */
  firstChannels(x: Value, count: number): Value {
    return this.graph.slice(x, 1, 0, count);
  }

  /** Nearest-neighbor resize of `[batch, channels, height, width]`, pixel i from ⌊i·in/out⌋ as PyTorch. */
  resize(x: Value, height: number, width: number): Value {
    const dims = [x.dims[0]!, x.dims[1]!, height, width];
    const doubles = height === 2 * x.dims[2]! && width === 2 * x.dims[3]!;
    // A scale keeps an open batch open, unlike a size. Scales other than 2 may round to another size.
    const to = doubles ? [this.graph.constant([1, 1, 2, 2], [4])] : [null, this.graph.indices(dims)];
    return this.graph.op('Resize', [x, null, ...to], dims, {
      attributes: { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
    });
  }
}
