import { type GraphBuilder, sizeOf, type Value } from './builder.ts';
import { inRuns } from './products.ts';

/** The largest magnitude of rounded inputs. */
const INPUT_MOST = 127;
/** What stands for 0 in them: they have no sign, because x64 processors multiply integers without and with one. */
const INPUT_ZERO = 128;
/**
 * The largest magnitude of rounded weights. Processors without VNNI add pairs of products in 16 bits: two of 255 · 63 fit, so
 * that all processors compute the same.
 */
const WEIGHT_MOST = 63;
/** Above 0, so that values that are all 0 have a scale. */
const LEAST = 1e-30;
/** Rows that stay in the cache from their rounding to their results. */
const ROWS_AT_ONCE = 512;

/** A weight as integers with signs, `[in, out]`, and the scale of each output. */
interface RoundedWeight {
  readonly rounded: Value;
  readonly scales: Value;
}

/**
 * Products of 8-bit integers in a graph: a scale for each row of the input, and one for each row of the weight (LLM.int8(),
 * Dettmers et al. 2022, without its float16 part). Integers are added exactly, so results do not depend on threads.
 */
export class Int8Products {
  readonly #graph: GraphBuilder;
  /** By block and name. */
  readonly #weights = new Map<string, RoundedWeight>();

  constructor(graph: GraphBuilder) {
    this.#graph = graph;
  }

  /**
   * x·Wᵀ over the last axis.
   *
   * @param x `[…, in]`
   * @param weight `[out, in]`, prepared
   */
  product(x: Value, weight: Value): Value {
    const graph = this.#graph;
    const [out, input] = weight.dims as [number, number];
    const { rounded: weights, scales } = this.#rounded(weight);
    const zero = graph.bytes('U8', INPUT_ZERO, null);
    const flat = graph.reshape(x, [sizeOf(x) / input, input]);
    const y = inRuns(graph, flat, ROWS_AT_ONCE, (run) => {
      const { rounded, scale } = roundRows(graph, run);
      const dims = [run.dims[0]!, out];
      const inputs = [rounded, weights, graph.constant([1], [1]), scales, zero];
      return graph.op('Mul', [graph.op('MatMulIntegerToFloat', inputs, dims, { contrib: true }), scale], dims);
    });
    return graph.reshape(y, [...x.dims.slice(0, -1), out]);
  }

  #rounded(weight: Value): RoundedWeight {
    const inBlock = `${this.#graph.block}:${weight.name}`;
    const known = this.#weights.get(inBlock) ?? roundWeight(this.#graph, weight);
    this.#weights.set(inBlock, known);
    return known;
  }
}

/** Rows as integers without a sign, and the scale of each: `[rows, 1]`. */
function roundRows(graph: GraphBuilder, x: Value): { readonly rounded: Value; readonly scale: Value } {
  const rows = x.dims[0]!;
  const most = graph.op('ReduceMax', [graph.op('Abs', [x], x.dims)], [rows], {
    attributes: { axes: [1], keepdims: 0 },
  });
  const above = graph.op('Max', [most, graph.constant([LEAST], [1])], [rows]);
  const scales = graph.op('Mul', [above, graph.constant([1 / INPUT_MOST], [1])], [rows]);
  const zeros = graph.bytes('U8', INPUT_ZERO, rows);
  return {
    rounded: graph.op('QuantizeLinear', [x, scales, zeros], x.dims, { attributes: { axis: 0 } }),
    scale: graph.reshape(scales, [rows, 1]),
  };
}

/** In each run of the graph, so that no second copy of the weights is kept. */
function roundWeight(graph: GraphBuilder, weight: Value): RoundedWeight {
  const [out, input] = weight.dims as [number, number];
  const magnitudes = graph.prepare('Abs', [weight], weight.dims);
  const most = graph.prepare('ReduceMax', [magnitudes], [out], { attributes: { axes: [1], keepdims: 0 } });
  const above = graph.prepare('Max', [most, graph.constant([LEAST], [1])], [out]);
  const scales = graph.prepare('Mul', [above, graph.constant([1 / WEIGHT_MOST], [1])], [out]);
  const rows = graph.prepare('QuantizeLinear', [weight, scales, graph.bytes('I8', 0, out)], weight.dims, {
    attributes: { axis: 0 },
  });
  return { rounded: graph.prepare('Transpose', [rows], [input, out], { attributes: { perm: [1, 0] } }), scales };
}
