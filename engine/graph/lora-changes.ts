import { elementCount, type TensorEntry } from '../../weights/tensor.ts';
import type { KroneckerFactor } from '../lora/changes.ts';
import { isPerOutput, type LoraPatch } from '../lora/patches.ts';
import type { GraphBuilder, Value } from './builder.ts';

/** Added to the norms of DoRA: the epsilon of float32, as in LyCORIS. */
const EPSILON = 1.1920928955078125e-7;

/** Computes the changes that LoRAs make to weights, from weights alone. */
export class LoraChanges {
  readonly #graph: GraphBuilder;

  constructor(graph: GraphBuilder) {
    this.#graph = graph;
  }

  /**
   * What a patch adds to a weight at strength 1, in the weight's shape, as `scale · value`.
   *
   * @param weight the tensor of the model's file
   */
  change(patch: LoraPatch, weight: TensorEntry): { readonly value: Value; readonly scale: number } {
    const flat = this.#flatChange(patch, weight);
    if (!patch.magnitude) return { value: this.#graph.reshapeWeight(flat, weight.shape), scale: patch.scale };
    return {
      value: this.#graph.reshapeWeight(this.#decomposed(patch, flat, weight, patch.magnitude), weight.shape),
      scale: 1,
    };
  }

  /** The two matrices `[rank, in·kh·kw]` and `[out, rank]` whose product is ΔW; null if ΔW is not such a product. */
  factors(patch: LoraPatch): { readonly down: Value; readonly up: Value } | null {
    if (patch.magnitude || (patch.kind !== 'linear' && patch.kind !== 'conv')) return null;
    if (patch.kind === 'conv' && patch.mid) return null;
    return { down: this.#flat(patch.down), up: this.#flat(patch.up) };
  }

  /** ΔW of a patch, flattened to [out, in·kh·kw]. */
  #flatChange(patch: LoraPatch, weight: TensorEntry): Value {
    const graph = this.#graph;
    switch (patch.kind) {
      case 'linear':
        return this.#product(patch.up, patch.down);
      case 'conv':
        return patch.mid
          ? this.#coupled(this.#flat(patch.up), patch.mid, this.#flat(patch.down))
          : this.#product(patch.up, patch.down);
      case 'loha': {
        const { w1a, w1b, w2a, w2b, t1, t2 } = patch;
        const [a, b] =
          t1 && t2
            ? [this.#tucker(w1a, t1, w1b), this.#tucker(w2a, t2, w2b)]
            : [this.#product(w1a, w1b), this.#product(w2a, w2b)];
        return graph.prepare('Mul', [a, b], a.dims);
      }
      case 'lokr':
        return this.#kronecker(this.#factor(patch.w1), this.#factor(patch.w2), elementCount(weight.shape.slice(2)));
      case 'full':
        return this.#flat(patch.difference);
      case 'ia3': {
        const flat = this.#flat(weight);
        if (!patch.onInput) return this.#scaledRows(flat, patch.factors);
        const [out, columns] = flat.dims as [number, number];
        const inputs = weight.shape[1]!;
        const apart = this.#graph.reshapeWeight(flat, [out, inputs, columns / inputs]);
        const factors = graph.weight(patch.factors, [1, inputs, 1]);
        return this.#graph.reshapeWeight(graph.prepare('Mul', [apart, factors], apart.dims), flat.dims);
      }
      case 'glora': {
        const flat = this.#flat(weight);
        const [first, second] = patch.a.map((entry) => this.#flat(entry)) as [Value, Value];
        const withWeight = this.#matMul(this.#matMul(flat, first), second);
        return graph.prepare('Add', [this.#product(...patch.b), withWeight], flat.dims);
      }
      case 'oft': {
        const flat = this.#flat(weight);
        const [blocks, size] = patch.rotation.shape as [number, number];
        if (patch.onInput) return this.#rotatedInputs(flat, patch.rotation);
        const turned = this.#transpose(graph.weight(patch.rotation), [0, 2, 1]);
        const apart = this.#graph.reshapeWeight(flat, [blocks, size, flat.dims[1]!]);
        const rotated = this.#graph.reshapeWeight(graph.prepare('MatMul', [turned, apart], apart.dims), flat.dims);
        const scaled = patch.rescale ? this.#scaledRows(rotated, patch.rescale) : rotated;
        return graph.prepare('Sub', [scaled, flat], flat.dims);
      }
    }
  }

  /** W·Rᵀ − W */
  #rotatedInputs(flat: Value, rotation: TensorEntry): Value {
    const graph = this.#graph;
    const [blocks, size] = rotation.shape as [number, number];
    const rows = flat.dims[0]!;
    const apart = this.#transpose(graph.reshapeWeight(flat, [rows, blocks, size]), [1, 0, 2]);
    const turned = this.#transpose(graph.weight(rotation), [0, 2, 1]);
    const rotated = this.#transpose(graph.prepare('MatMul', [apart, turned], apart.dims), [1, 0, 2]);
    return graph.prepare('Sub', [graph.reshapeWeight(rotated, flat.dims), flat], flat.dims);
  }

  /** V·m/|V| − W with V = W + scale·ΔW. */
  #decomposed({ scale }: LoraPatch, change: Value, weight: TensorEntry, magnitude: TensorEntry): Value {
    const graph = this.#graph;
    const [out, columns] = change.dims as [number, number];
    const inputs = weight.shape[1]!;
    const dims = [out, inputs, columns / inputs];
    const original = graph.weight(weight, dims);
    const scaled = graph.prepare('Mul', [this.#graph.reshapeWeight(change, dims), graph.constant([scale], [1])], dims);
    const merged = graph.prepare('Add', [original, scaled], dims);
    const perOutput = isPerOutput(magnitude);
    const normDims = perOutput ? [out, 1, 1] : [1, inputs, 1];
    const squares = graph.prepare('Mul', [merged, merged], dims);
    const sums = graph.prepare('ReduceSum', [squares, graph.indices(perOutput ? [1, 2] : [0, 2])], normDims);
    const norms = graph.prepare(
      'Add',
      [graph.prepare('Sqrt', [sums], normDims), graph.constant([EPSILON], [1])],
      normDims,
    );
    const ratio = graph.prepare('Div', [graph.weight(magnitude, normDims), norms], normDims);
    return graph.prepare('Sub', [graph.prepare('Mul', [merged, ratio], dims), original], dims);
  }

  /** Rows of a matrix times a factor each. */
  #scaledRows(matrix: Value, factors: TensorEntry): Value {
    return this.#graph.prepare('Mul', [matrix, this.#graph.weight(factors, [matrix.dims[0]!, 1])], matrix.dims);
  }

  /** A ⊗ B of matrices whose columns are inputs, B's also positions in a kernel. */
  #kronecker(a: Value, b: Value, kernel: number): Value {
    const [rowsA, columnsA] = a.dims as [number, number];
    const [rowsB, columnsB] = b.dims as [number, number];
    const left = this.#graph.reshapeWeight(a, [rowsA, 1, columnsA, 1, 1]);
    const right = this.#graph.reshapeWeight(b, [1, rowsB, 1, columnsB / kernel, kernel]);
    const dims = [rowsA, rowsB, columnsA, columnsB / kernel, kernel];
    return this.#graph.reshapeWeight(this.#graph.prepare('Mul', [left, right], dims), [
      rowsA * rowsB,
      columnsA * columnsB,
    ]);
  }

  #factor(factor: KroneckerFactor): Value {
    if ('whole' in factor) return this.#flat(factor.whole);
    return factor.core ? this.#tucker(factor.a, factor.core, factor.b) : this.#product(factor.a, factor.b);
  }

  #product(up: TensorEntry, down: TensorEntry): Value {
    return this.#matMul(this.#flat(up), this.#flat(down));
  }

  /** Σ_pq a[p, o] · core[p, q, kh, kw] · b[q, i] as [out, in·kh·kw]. */
  #tucker(a: TensorEntry, core: TensorEntry, b: TensorEntry): Value {
    return this.#coupled(this.#transpose(this.#flat(a), [1, 0]), core, this.#flat(b));
  }

  /** Σ_pq left[o, p] · core[p, q, kh, kw] · right[q, i] as [out, in·kh·kw]. */
  #coupled(left: Value, core: TensorEntry, right: Value): Value {
    const [rank, inner, height, width] = core.shape as [number, number, number, number];
    const window = height * width;
    const cores = this.#graph.weight(core, [rank, inner, window]);
    const turned = this.#transpose(cores, [0, 2, 1]);
    const input = right.dims[1]!;
    const withRight = this.#graph.prepare('MatMul', [turned, right], [rank, window, input]);
    const ordered = this.#transpose(withRight, [0, 2, 1]);
    return this.#matMul(left, this.#graph.reshapeWeight(ordered, [rank, input * window]));
  }

  /** A weight as a matrix: the first axis, and all others flattened. */
  #flat(entry: TensorEntry): Value {
    return this.#graph.weight(entry, [entry.shape[0]!, elementCount(entry.shape.slice(1))]);
  }

  #matMul(left: Value, right: Value): Value {
    return this.#graph.prepare('MatMul', [left, right], [left.dims[0]!, right.dims[1]!]);
  }

  #transpose(x: Value, perm: readonly number[]): Value {
    const dims = perm.map((axis) => x.dims[axis]!);
    return this.#graph.prepare('Transpose', [x], dims, { attributes: { perm } });
  }
}
