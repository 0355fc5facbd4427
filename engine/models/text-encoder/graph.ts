import type { ComponentConfig } from '../../../weights/component-config.ts';
import { isFp8, type TensorEntry } from '../../../weights/tensor.ts';
import { textEncoderSize } from '../../../weights/text-encoder-size.ts';
import { CAST_TO_FLOAT, GraphBuilder, type GraphModel, type GraphOptions, type Value } from '../../graph/builder.ts';
import { Layers } from '../../graph/layers.ts';
import { type AppliedPatch, GraphWeights } from '../../graph/weights.ts';

export interface TextEncoderGraph extends Pick<GraphOptions, 'threads'> {
  /** Chunks encoded at once. */
  readonly chunks: number;
  /** 1 = the last layer, 2 = the one before it, … */
  readonly clipSkip: number;
  readonly config: ComponentConfig['textEncoder'];
  /** Adds graph inputs `[1]` for LoRA strengths, and returns patches by weight. */
  readonly patches: (graph: GraphBuilder) => ReadonlyMap<string, readonly AppliedPatch[]>;
}

/**
 * CLIP's text model up to the chosen layer, then its final norm (A1111's "Clip skip").
 *
 * Inputs: `ids` int64 `[chunks, 77]`; `keep` `[chunks, 77, 1]`, 0 for tokens that an embedding's vector in `vectors`
 * `[chunks, 77, width]` replaces, else 1. Output: `encoded` `[chunks, 77, width]`.
 */
export function textEncoderGraph(tensors: ReadonlyMap<string, TensorEntry>, options: TextEncoderGraph): GraphModel {
  const { chunks, clipSkip, config, threads } = options;
  const graph = new GraphBuilder(threads === undefined ? {} : { threads });
  const layers = new Layers(graph, new GraphWeights(graph, tensors, options.patches(graph)));
  const table = layers.weights.entry('embeddings.token_embedding.weight');
  const positions = layers.weights.merged('embeddings.position_embedding.weight');
  const [tokens, width] = positions.dims as [number, number];
  const dims = [chunks, tokens, width];
  const heads = config.heads ?? Math.max(1, Math.round(width / 64));

  const ids = graph.indexInput('ids', [chunks, tokens]);
  const keep = graph.input('keep', [chunks, tokens, 1]);
  const vectors = graph.input('vectors', dims);
  const rows = tokenRows(graph, table, ids, dims);
  let x = layers.add(layers.add(layers.multiply(rows, keep), vectors), positions);

  const mask = causalMask(graph, tokens);
  const count = (textEncoderSize(tensors)?.layers ?? 0) - (clipSkip - 1);
  for (let i = 0; i < count; i++) {
    const layer = `encoder.layers.${i}`;
    const normal = layers.layerNorm(x, `${layer}.layer_norm1`);
    x = layers.add(x, selfAttention(layers, normal, `${layer}.self_attn`, heads, mask));
    const inner = layers.linear(layers.layerNorm(x, `${layer}.layer_norm2`), `${layer}.mlp.fc1`);
    const active = config.activation === 'quick_gelu' ? layers.quickGelu(inner) : layers.gelu(inner);
    x = layers.add(x, layers.linear(active, `${layer}.mlp.fc2`));
  }
  graph.output('encoded', layers.layerNorm(x, 'final_layer_norm'));
  return graph.toModel();
}

/** Only the selected rows are cast to float32, not the whole vocabulary; Gather does not support fp8. */
function tokenRows(graph: GraphBuilder, table: TensorEntry, ids: Value, dims: readonly number[]): Value {
  if (isFp8(table.dtype)) return graph.op('Gather', [graph.weight(table), ids], dims);
  return graph.op('Cast', [graph.op('Gather', [graph.stored(table), ids], dims)], dims, CAST_TO_FLOAT);
}

/** Each token attends to itself and those before it. */
function selfAttention(layers: Layers, x: Value, name: string, heads: number, mask: Value): Value {
  const [query, key, value] = ['q_proj', 'k_proj', 'v_proj'].map((part) => layers.linear(x, `${name}.${part}`));
  return layers.linear(layers.attention(query!, key!, value!, heads, mask), `${name}.out_proj`);
}

function causalMask(graph: GraphBuilder, tokens: number): Value {
  const mask = new Float32Array(tokens * tokens);
  for (let row = 0; row < tokens; row++) mask.fill(-3.4028234663852886e38, row * tokens + row + 1, (row + 1) * tokens);
  return graph.constant(mask, [tokens, tokens]);
}
