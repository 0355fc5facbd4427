import { elementCount } from '../../weights/tensor.ts';
import { float, type GraphBuilder, type Value } from './builder.ts';
import type { AppliedPatch, GraphWeights } from './weights.ts';

export interface GroupNormOptions {
  readonly groups: number;
  readonly epsilon: number;
  /** Samples that share their statistics, such as the frames of a clip; 1: each sample has its own. */
  readonly shared?: number;
}

/** The layers that Stable Diffusion's networks are made of, written into a graph with weights taken by name. */
export class Layers {
  readonly graph: GraphBuilder;
  readonly weights: GraphWeights;

  constructor(graph: GraphBuilder, weights: GraphWeights) {
    this.graph = graph;
    this.weights = weights;
  }

  /** x·Wᵀ + b over the last axis; W is `[out, in]` as PyTorch keeps it. */
  linear(x: Value, name: string): Value {
    const key = `${name}.weight`;
    const weight = this.weights.merged(key);
    const [out, input] = [weight.dims[0]!, weight.dims[1]!];
    const turned = this.graph.prepare('Transpose', [weight], [input, out], { attributes: { perm: [1, 0] } });
    let y = this.graph.op('MatMul', [x, turned], [...x.dims.slice(0, -1), out]);
    for (const travelling of this.weights.travelling(key)) y = this.add(y, this.#sideBranch(x, travelling, y.dims));
    const bias = `${name}.bias`;
    return this.weights.has(bias) ? this.add(y, this.weights.merged(bias)) : y;
  }

  /** A 2-D convolution that keeps the size, or halves it with stride 2; x is `[batch, channels, height, width]`. */
  conv(x: Value, name: string, { stride = 1, padEnd = false } = {}): Value {
    const weight = this.weights.merged(`${name}.weight`);
    const [batch, , height, width] = x.dims as [number, number, number, number];
    const [out, , kernel] = weight.dims as [number, number, number, number];
    const pad = kernel === 3 ? 1 : 0;
    // The VAE's encoder pads only on the right and at the bottom where it halves the size.
    const pads = padEnd ? [0, 0, 1, 1] : [pad, pad, pad, pad];
    const size = (length: number) => Math.floor((length + pads[0]! + pads[2]! - kernel) / stride) + 1;
    const bias = this.weights.has(`${name}.bias`) ? [this.weights.merged(`${name}.bias`)] : [];
    const dims = [batch, out, size(height), size(width)];
    const y = this.graph.op('Conv', [x, weight, ...bias], dims, {
      attributes: { kernel_shape: [kernel, kernel], pads, strides: [stride, stride] },
    });
    return this.weights
      .travelling(`${name}.weight`)
      .reduce((sum, patch) => this.add(sum, this.#convSideBranch(x, patch, { stride, pads, kernel, dims })), y);
  }

  /** y += strength[sample] · scale · up(down(x)): a LoRA whose strength differs between samples is not merged. */
  #sideBranch(x: Value, { patch, strength }: AppliedPatch, dims: readonly number[]): Value {
    if (patch.kind !== 'linear')
      throw new Error(`A ${patch.kind} LoRA cannot act on the linear layer ${patch.target}.`);
    const [down, up] = [patch.down, patch.up].map((entry) => {
      const [out, input] = entry.shape as [number, number];
      const attributes = { perm: [1, 0] };
      return this.graph.prepare('Transpose', [this.graph.weight(entry)], [input, out], { attributes });
    }) as [Value, Value];
    const low = this.graph.op('MatMul', [x, down], [...x.dims.slice(0, -1), down.dims[1]!]);
    return this.#strengthened(this.graph.op('MatMul', [low, up], dims), strength, patch.scale);
  }

  #convSideBranch(
    x: Value,
    { patch, strength }: AppliedPatch,
    { stride, pads, kernel, dims }: { stride: number; pads: number[]; kernel: number; dims: number[] },
  ): Value {
    if (patch.kind === 'loha' || (patch.kind === 'conv' && patch.mid)) {
      throw new Error(`The LoRA layer for ${patch.target} is of a kind whose strength cannot travel yet.`);
    }
    const rank = patch.down.shape[0]!;
    const input = x.dims[1]!;
    const downKernel = patch.kind === 'conv' ? kernel : 1;
    const down = this.reshapeWeight(this.graph.weight(patch.down), [rank, input, downKernel, downKernel]);
    const up = this.reshapeWeight(this.graph.weight(patch.up), [dims[1]!, rank, 1, 1]);
    const lowDims = [dims[0]!, rank, dims[2]!, dims[3]!];
    const low = this.graph.op('Conv', [x, down], lowDims, {
      attributes: { kernel_shape: [downKernel, downKernel], pads, strides: [stride, stride] },
    });
    const high = this.graph.op('Conv', [low, up], dims, { attributes: { kernel_shape: [1, 1] } });
    return this.#strengthened(high, strength, patch.scale);
  }

  /** strength is `[samples]`; y's first axis is samples, or samples times something that runs inside each. */
  #strengthened(y: Value, strength: Value, scale: number): Value {
    const samples = strength.dims[0]!;
    const factor = this.graph.op('Mul', [strength, this.graph.constant([scale], [1])], [samples]);
    const perSample = [samples, elementCount(y.dims) / samples];
    const flat = this.reshape(y, perSample);
    return this.reshape(this.multiply(flat, this.reshape(factor, [samples, 1])), y.dims);
  }

  /** Group normalisation of `[batch, channels, …]`. */
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
    const scale = this.reshapeWeight(this.weights.merged(`${name}.weight`), perChannel);
    const shift = this.reshapeWeight(this.weights.merged(`${name}.bias`), perChannel);
    return this.add(this.multiply(shape, scale), shift);
  }

  /** Exchange the two middle axes of a value seen as 4-D. */
  #channelsFirst(x: Value, [a, b, c, d]: [number, number, number, number]): Value {
    return this.transpose(this.reshape(x, [a, b, c, d]), [0, 2, 1, 3]);
  }

  /** Layer normalisation over the last axis. */
  layerNorm(x: Value, name: string): Value {
    const inputs = [x, this.weights.merged(`${name}.weight`), this.weights.merged(`${name}.bias`)];
    return this.graph.op('LayerNormalization', inputs, x.dims, { attributes: { axis: -1, epsilon: float(1e-5) } });
  }

  /** Scaled dot-product attention of `[batch, tokens, channels]`; no mask. */
  attention(query: Value, key: Value, value: Value, heads: number): Value {
    return this.graph.op('MultiHeadAttention', [query, key, value], query.dims, {
      contrib: true,
      attributes: { num_heads: heads },
    });
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

  /** The gated feed-forward of a transformer block: one linear layer gives both the values and their gates. */
  geglu(x: Value, name: string): Value {
    const [values, gates] = this.graph.halves(this.linear(x, `${name}.net.0.proj`));
    return this.linear(this.multiply(values, this.gelu(gates)), `${name}.net.2`);
  }

  add(a: Value, b: Value): Value {
    return this.graph.op('Add', [a, b], a.dims);
  }

  multiply(a: Value, b: Value): Value {
    return this.graph.op('Mul', [a, b], a.dims);
  }

  reshape(x: Value, dims: readonly number[]): Value {
    return this.graph.op('Reshape', [x, this.graph.indices(dims)], dims);
  }

  reshapeWeight(x: Value, dims: readonly number[]): Value {
    return this.graph.prepare('Reshape', [x, this.graph.indices(dims)], dims);
  }

  transpose(x: Value, perm: readonly number[]): Value {
    const dims = perm.map((axis) => x.dims[axis]!);
    return this.graph.op('Transpose', [x], dims, { attributes: { perm } });
  }

  concat(a: Value, b: Value, axis: number): Value {
    const dims = a.dims.map((size, i) => (i === axis ? size + b.dims[axis]! : size));
    return this.graph.op('Concat', [a, b], dims, { attributes: { axis } });
  }

  /** Nearest-neighbour resize of `[batch, channels, height, width]`, pixel i from ⌊i·in/out⌋ as PyTorch. */
  resize(x: Value, height: number, width: number): Value {
    const dims = [x.dims[0]!, x.dims[1]!, height, width];
    return this.graph.op('Resize', [x, null, null, this.graph.indices(dims)], dims, {
      attributes: { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
    });
  }
}
