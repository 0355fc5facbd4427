import { BadModelError, type TensorEntry } from '../../weights/tensor.ts';
import type { LoraPatch } from '../lora/patches.ts';
import type { GraphBuilder, Value } from './builder.ts';
import { LoraChanges } from './lora-changes.ts';
import { float } from './messages.ts';

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
  readonly #changes: LoraChanges;
  /** By block and name: a weight is prepared where it is used. */
  readonly #merged = new Map<string, Value>();

  /** @param patches by the name of the tensor in its file */
  constructor(
    graph: GraphBuilder,
    tensors: ReadonlyMap<string, TensorEntry>,
    patches: ReadonlyMap<string, readonly AppliedPatch[]> = new Map(),
  ) {
    this.#graph = graph;
    this.#tensors = tensors;
    this.#patches = patches;
    this.#changes = new LoraChanges(graph);
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

  /** As `merged`, in another shape with as many elements. */
  reshaped(key: string, dims: readonly number[]): Value {
    const entry = this.entry(key);
    if (this.#patchesOf(entry).length === 0) return this.#graph.weight(entry, dims);
    return this.#graph.reshapeWeight(this.merged(key), dims);
  }

  /** A tensor as float32, with the LoRAs that have one strength merged: W + Σ strength·scale·ΔW. */
  merged(key: string): Value {
    const inBlock = `${this.#graph.block}:${key}`;
    const known = this.#merged.get(inBlock) ?? this.#merge(key);
    this.#merged.set(inBlock, known);
    return known;
  }

  #merge(key: string): Value {
    const entry = this.entry(key);
    const patches = this.#patchesOf(entry).filter(({ strength }) => strength.dims[0] === 1);
    return patches.reduce((weight, { patch, strength }) => {
      const { value, scale } = this.change(key, patch);
      const change = this.#scaled(value, strength, scale);
      return this.#graph.prepare('Add', [weight, change], entry.shape);
    }, this.#graph.weight(entry));
  }

  /** The LoRAs of a weight whose strength differs between samples. */
  travelling(key: string): readonly AppliedPatch[] {
    return this.#patchesOf(this.entry(key)).filter(({ strength }) => strength.dims[0] !== 1);
  }

  /** What a patch adds to a weight at strength 1, in its shape, as `scale · value`. */
  change(key: string, patch: LoraPatch): { readonly value: Value; readonly scale: number } {
    return this.#changes.change(patch, this.entry(key));
  }

  /** The two matrices `[rank, in·kh·kw]` and `[out, rank]` whose product is ΔW; null if ΔW is not such a product. */
  factors(patch: LoraPatch): { readonly down: Value; readonly up: Value } | null {
    return this.#changes.factors(patch);
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
