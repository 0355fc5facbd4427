import { BadModelError, elementCount, type TensorEntry } from '../../weights/tensor.ts';
import type { LoraPatch } from '../lora/patches.ts';
import { float, type GraphBuilder, type Value } from './builder.ts';

/** A LoRA's change of one weight, and the graph input for its strength. */
export interface AppliedPatch {
  readonly patch: LoraPatch;
  /** `[1]`: one strength, merged into the weight. `[batch]`: one per sample, computed as a side branch. */
  readonly strength: Value;
}

/** A component's weights in a graph, by their names without the file's prefix, with LoRAs applied. */
export class GraphWeights {
  readonly #graph: GraphBuilder;
  readonly #tensors: ReadonlyMap<string, TensorEntry>;
  readonly #patches: ReadonlyMap<string, readonly AppliedPatch[]>;

  /** @param patches by the name of the tensor in its file */
  constructor(
    graph: GraphBuilder,
    tensors: ReadonlyMap<string, TensorEntry>,
    patches: ReadonlyMap<string, readonly AppliedPatch[]> = new Map(),
  ) {
    this.#graph = graph;
    this.#tensors = tensors;
    this.#patches = patches;
  }

  has(key: string): boolean {
    return this.#tensors.has(key);
  }

  /** @throws BadModelError when the file does not have it */
  entry(key: string): TensorEntry {
    const entry = this.#tensors.get(key);
    if (entry) return entry;
    const [other] = this.#tensors.values();
    throw new BadModelError(`${other?.file ?? 'The model'} has no "${key}", which models of its type must have.`);
  }

  /** A tensor that LoRAs do not change, as float32 in another shape with as many elements. */
  reshaped(key: string, dims: readonly number[]): Value {
    return this.#graph.weight(this.entry(key), dims);
  }

  /** A tensor as float32, with the LoRAs that have one strength merged: W + Σ strength·scale·ΔW. */
  merged(key: string): Value {
    const entry = this.entry(key);
    const patches = this.#patchesOf(entry).filter(({ strength }) => strength.dims[0] === 1);
    return patches.reduce((weight, { patch, strength }) => {
      const change = this.#scaled(this.change(patch, entry.shape), strength, patch.scale);
      return this.#graph.prepare('Add', [weight, change], entry.shape);
    }, this.#graph.weight(entry));
  }

  /** The LoRAs of a weight whose strength differs between samples. */
  travelling(key: string): readonly AppliedPatch[] {
    return this.#patchesOf(this.entry(key)).filter(({ strength }) => strength.dims[0] !== 1);
  }

  /** ΔW of a patch in the shape of the weight, not scaled. */
  change(patch: LoraPatch, shape: readonly number[]): Value {
    return this.#graph.prepare('Reshape', [this.#flatChange(patch), this.#graph.indices(shape)], shape);
  }

  /** The two matrices `[rank, in·kh·kw]` and `[out, rank]` whose product is ΔW; null if ΔW is not such a product. */
  factors(patch: LoraPatch): { readonly down: Value; readonly up: Value } | null {
    if (patch.kind === 'loha' || (patch.kind === 'conv' && patch.mid)) return null;
    return { down: this.#flat(patch.down), up: this.#flat(patch.up) };
  }

  /** ΔW of a patch, flattened to [out, in·kh·kw]. */
  #flatChange(patch: LoraPatch): Value {
    switch (patch.kind) {
      case 'linear':
        return this.#product(patch.up, patch.down);
      case 'conv':
        return patch.mid ? this.#coupled(patch.up, patch.mid, patch.down) : this.#product(patch.up, patch.down);
      case 'loha': {
        const [a, b] = [this.#product(patch.w1a, patch.w1b), this.#product(patch.w2a, patch.w2b)];
        return this.#graph.prepare('Mul', [a, b], a.dims);
      }
    }
  }

  #product(up: TensorEntry, down: TensorEntry): Value {
    const [left, right] = [this.#flat(up), this.#flat(down)];
    return this.#graph.prepare('MatMul', [left, right], [left.dims[0]!, right.dims[1]!]);
  }

  /** Σ_pq up[o, p] · mid[p, q, kh, kw] · down[q, i] as [out, in·kh·kw]. */
  #coupled(up: TensorEntry, mid: TensorEntry, down: TensorEntry): Value {
    const graph = this.#graph;
    const [rank, inner, height, width] = mid.shape as [number, number, number, number];
    const [left, right] = [this.#flat(up), this.#flat(down)];
    const [out, input] = [left.dims[0]!, right.dims[1]!];
    const window = height * width;
    const core = graph.weight(mid, [rank, inner, window]);
    const turned = graph.prepare('Transpose', [core], [rank, window, inner], { attributes: { perm: [0, 2, 1] } });
    const withDown = graph.prepare('MatMul', [turned, right], [rank, window, input]);
    const ordered = graph.prepare('Transpose', [withDown], [rank, input, window], { attributes: { perm: [0, 2, 1] } });
    const columns = input * window;
    const flat = graph.prepare('Reshape', [ordered, graph.indices([rank, columns])], [rank, columns]);
    return graph.prepare('MatMul', [left, flat], [out, columns]);
  }

  /** A weight as a matrix: the first axis, and all others flattened. */
  #flat(entry: TensorEntry): Value {
    return this.#graph.weight(entry, [entry.shape[0]!, elementCount(entry.shape.slice(1))]);
  }

  #scaled(change: Value, strength: Value, scale: number): Value {
    const factor = this.#graph.prepare('Mul', [strength, this.#graph.constant([scale], [1])], [1]);
    return this.#graph.prepare('Mul', [change, factor], change.dims);
  }

  #patchesOf(entry: TensorEntry): readonly AppliedPatch[] {
    return this.#patches.get(entry.name) ?? [];
  }
}

/** The epsilon of a normalization as an attribute. */
export const epsilon = (value: number) => ({ epsilon: float(value) });
