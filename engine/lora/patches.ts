import { type LoraPart, parseLoraKey } from '../../weights/lora-keys.ts';
import { readAllFloats } from '../../weights/read.ts';
import { BadModelError, type TensorEntry, type WeightsFile } from '../../weights/tensor.ts';
import { adapterScales } from './adapter-metadata.ts';
import { type LoraComponent, type LoraTarget, locateLayer, targetNames } from './target-names.ts';
import { unsupportedFeature } from './unsupported.ts';

/**
 * A change of one weight: W += strength · scale · ΔW, where ΔW has W's elements in W's order (reshape it to W's shape).
 *
 * - `linear`: ΔW = up @ down, of [out, rank] and [rank, in]
 * - `conv`: ΔW = up @ flatten(down), of [out, rank, 1, 1] and [rank, in, kh, kw]. With `mid` [rank, rank, kh, kw] (CP
 *   decomposition) down is [rank, in, 1, 1], and ΔW[o, i] = Σ_pq up[o, p] · mid[p, q] · down[q, i]
 * - `loha`: ΔW = (w1a @ w1b) ∘ (w2a @ w2b), of [out, rank] and [rank, in·kh·kw] (LyCORIS, arXiv 2108.06098)
 */
export type LoraPatch = LoraChange & {
  readonly component: LoraComponent;
  /** Key in the component's file. */
  readonly target: string;
  /** alpha / rank; 1 if the LoRA has no alpha. */
  readonly scale: number;
};

type LoraChange =
  | { readonly kind: 'linear'; readonly down: TensorEntry; readonly up: TensorEntry }
  | { readonly kind: 'conv'; readonly down: TensorEntry; readonly up: TensorEntry; readonly mid: TensorEntry | null }
  | {
      readonly kind: 'loha';
      readonly w1a: TensorEntry;
      readonly w1b: TensorEntry;
      readonly w2a: TensorEntry;
      readonly w2b: TensorEntry;
    };

export interface LoraPatches {
  readonly patches: readonly LoraPatch[];
  /** Layers that the target does not have, or with an unsupported type of change (DoRA, LoKr, …). */
  readonly unmatched: readonly string[];
  /** Layers that have another shape in the target: the LoRA was made for another model. */
  readonly misfits: readonly string[];
  /** Layers of components that the target does not have, and tensors that are not a part of a supported change. */
  readonly others: readonly string[];
  /** Unsupported features that the file uses, for messages. */
  readonly unsupported: readonly string[];
}

type Parts = Partial<Record<LoraPart, TensorEntry>>;

/**
 * The changes of a LoRA to the given weights. Layers for components that `target` does not have are ignored.
 *
 * @throws BadModelError when a file of `target` does not have its component, or none of the LoRA's layers for these
 *   components fits
 */
export async function loraPatches(lora: WeightsFile, target: LoraTarget): Promise<LoraPatches> {
  const names = targetNames(target);
  const found: { patch: LoraPatch; alpha: TensorEntry | undefined; rank: number }[] = [];
  const unmatched: string[] = [];
  const misfits: string[] = [];
  const { layers, others } = layersOf(lora);
  const unsupported = [...new Set([...lora.tensors.keys()].flatMap((key) => unsupportedFeature(key) ?? []))];
  const adapterScale = adapterScales(lora);
  for (const [layer, parts] of layers) {
    const place = locateLayer(layer, names);
    if (place === 'elsewhere') {
      others.push(layer);
      continue;
    }
    const change = changeOf(parts);
    if (place === null || change === null) unmatched.push(layer);
    else if (!fits(change, place.weight.shape)) misfits.push(layer);
    else {
      const rank = (change.kind === 'loha' ? change.w1b : change.down).shape[0]!;
      const scale = adapterScale(place.component, withoutComponent(layer), rank) ?? 1;
      const patch = { component: place.component, target: place.weight.name, scale, ...change };
      found.push({ patch, alpha: parts.alpha, rank });
    }
  }
  if (found.length === 0 && unmatched.length + misfits.length > 0) {
    throw new BadModelError(
      unsupported.length > 0
        ? `The LoRA ${lora.path} uses ${unsupported.join(' and ')}, which is not supported. Remove it from the prompts, or use ` +
            'a version of it without this.'
        : `The LoRA ${lora.path} does not fit this model: ${unmatched.length} of its layers do not exist in the model, and ` +
            `${misfits.length} have another shape (the first: ${misfits[0] ?? unmatched[0]}). Use it with the kind of model ` +
            'that it was made for.',
    );
  }
  const alphas = found.flatMap(({ alpha }) => alpha ?? []);
  const values = new Map((await readAllFloats(alphas)).map((value, i) => [alphas[i]!, value[0]]));
  const patches = found.map(({ patch, alpha, rank }) => {
    if (!alpha) return patch;
    const value = values.get(alpha);
    if (value === undefined || !Number.isFinite(value)) {
      throw new BadModelError(`${lora.path}: "${alpha.name}" is not a number. The file is damaged. Download it again.`);
    }
    return { ...patch, scale: value / rank };
  });
  return { patches, unmatched, misfits, others, unsupported };
}

/** The parts of each layer, and the keys of all other tensors. */
function layersOf({ tensors }: WeightsFile): { layers: Map<string, Parts>; others: string[] } {
  const layers = new Map<string, Parts>();
  const others: string[] = [];
  for (const [key, entry] of tensors) {
    const parsed = parseLoraKey(key);
    if (parsed) layers.set(parsed.layer, { ...layers.get(parsed.layer), [parsed.part]: entry });
    else others.push(key);
  }
  return { layers, others };
}

/** As PEFT names modules: within their component. */
const withoutComponent = (layer: string) => layer.replace(/^(?:base_model\.model\.)?(?:unet|text_encoder)\./, '');

/** Null when parts are missing or not supported. */
function changeOf({ down, up, mid, unsupported, ...loha }: Parts): LoraChange | null {
  if (unsupported) return null;
  const { hada_w1_a: w1a, hada_w1_b: w1b, hada_w2_a: w2a, hada_w2_b: w2b } = loha;
  if (w1a && w1b && w2a && w2b) return { kind: 'loha', w1a, w1b, w2a, w2b };
  if (!down || !up) return null;
  if (down.shape.length === 4) return { kind: 'conv', down, up, mid: mid ?? null };
  return mid ? null : { kind: 'linear', down, up };
}

/** Whether ΔW has the elements of a weight, with the same inputs and outputs. */
function fits(change: LoraChange, weight: readonly number[]): boolean {
  const [outputs, inputs, ...kernel] = weight;
  const inner = inputs! * product(kernel);
  if (change.kind === 'loha') {
    const { w1a, w1b, w2a, w2b } = change;
    return factorsFit(w1a, w1b, outputs!, inner) && factorsFit(w2a, w2b, outputs!, inner);
  }
  const { down, up } = change;
  if (change.kind === 'conv' && change.mid) {
    const [p, q, ...midKernel] = change.mid.shape;
    const midFits = p === up.shape[1] && q === down.shape[0] && isSame(midKernel, kernel);
    return midFits && up.shape[0] === outputs && isPoint(up) && down.shape[1] === inputs && isPoint(down);
  }
  // A 1×1 kernel may be written or omitted on either side.
  const sameKernel = isSame(down.shape.slice(2), kernel) || (isPoint(down) && product(kernel) === 1);
  return down.shape[1] === inputs && sameKernel && factorsFit(up, down, outputs!, inner);
}

function factorsFit(left: TensorEntry, right: TensorEntry, outputs: number, inputs: number): boolean {
  const rank = right.shape[0] ?? 0;
  const rightFits = right.shape.length >= 2 && product(right.shape.slice(1)) === inputs;
  return rank > 0 && left.shape[0] === outputs && left.shape[1] === rank && isPoint(left) && rightFits;
}

const product = (dims: readonly number[]) => dims.reduce((all, dim) => all * dim, 1);
const isPoint = ({ shape }: TensorEntry) => shape.length >= 2 && product(shape.slice(2)) === 1;
const isSame = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((dim, i) => dim === b[i]);
