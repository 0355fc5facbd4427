import { loraParts, loraRank } from '../../weights/lora-keys.ts';
import { readAllFloats } from '../../weights/read.ts';
import { BadModelError, DAMAGED, elementCount, type TensorEntry, type WeightsFile } from '../../weights/tensor.ts';
import { adapterScales } from './adapter-metadata.ts';
import { changeOf, fits, type LoraChange } from './changes.ts';
import { rotationOf } from './rotation.ts';
import { type LoraComponent, type LoraTarget, locateLayer, targetNames } from './target-names.ts';
import { unsupportedFeature } from './unsupported.ts';

/**
 * A change of one tensor of a model: W += strength · scale · ΔW. With a `magnitude` (DoRA, arXiv 2402.09353), V = W +
 * scale · ΔW is scaled so that its columns, or its rows if the magnitude has one value per output, have these norms, and
 * W += strength · (V − W).
 */
export type LoraPatch = LoraChange & {
  readonly component: LoraComponent;
  /** Key in the component's file. */
  readonly target: string;
  /** alpha / rank, or 1 if the LoRA has no alpha; times LyCORIS' `scalar` if it has one. */
  readonly scale: number;
  readonly magnitude?: TensorEntry;
};

export interface LoraPatches {
  readonly patches: readonly LoraPatch[];
  /** Layers that the target does not have, or with an unsupported type of change (BOFT, …). */
  readonly unmatched: readonly string[];
  /** Layers that have another shape in the target: the LoRA was made for another model. */
  readonly misfits: readonly string[];
  /** Layers of components that the target does not have, and tensors that are not a part of a supported change. */
  readonly others: readonly string[];
  /** Unsupported features that the file uses, for messages. */
  readonly unsupported: readonly string[];
}

/**
 * The changes of a LoRA to the given weights. Layers for components that `target` does not have are ignored.
 *
 * @throws BadModelError when a file of `target` does not have its component, or none of the LoRA's layers for these
 *   components fits
 */
export async function loraPatches(lora: WeightsFile, target: LoraTarget): Promise<LoraPatches> {
  const names = targetNames(target);
  const found: { patch: LoraPatch; alpha: TensorEntry | undefined; scalar?: TensorEntry | undefined; rank: number }[] =
    [];
  const unmatched: string[] = [];
  const misfits: string[] = [];
  const { layers, others: otherKeys } = loraParts(lora.tensors);
  const others = [...otherKeys];
  const unsupported = [...new Set([...lora.tensors].flatMap(([key, entry]) => unsupportedFeature(key, entry) ?? []))];
  const adapterScale = adapterScales(lora);
  for (const [layer, parts] of layers) {
    const place = locateLayer(layer, names);
    if (place === 'elsewhere') {
      others.push(layer);
      continue;
    }
    if (!place?.weight) {
      unmatched.push(layer);
      continue;
    }
    const { component, weight, bias } = place;
    const change = changeOf(parts, await rotationOf(parts, weight.shape));
    const biasDifference = parts.biasDiff ?? parts.upBias;
    const rank = loraRank(parts);
    // Without factors there is nothing to scale, and an alpha has no effect (OFT's is a limit).
    const scale = rank === 0 ? 1 : (adapterScale(component, withoutComponent(layer), rank) ?? 1);
    const alpha = rank === 0 ? undefined : parts.alpha;
    if (!change && Object.keys(parts).some((part) => !BIAS_PARTS.has(part))) unmatched.push(layer);
    if (change && !(fits(change, weight.shape) && magnitudeFits(parts.magnitude, weight.shape))) misfits.push(layer);
    else if (change) {
      const magnitude = parts.magnitude && { magnitude: parts.magnitude };
      const patch = { component, target: weight.name, scale, ...magnitude, ...change };
      found.push({ patch, alpha, scalar: parts.scalar, rank });
    }
    if (!biasDifference) continue;
    const biasChange = { kind: 'full', difference: biasDifference } as const;
    if (!bias) unmatched.push(`${layer} (bias)`);
    else if (!fits(biasChange, bias.shape)) misfits.push(`${layer} (bias)`);
    else {
      const isScaled = parts.biasDiff === undefined;
      const patch = { component, target: bias.name, scale: isScaled ? scale : 1, ...biasChange };
      found.push({ patch, alpha: isScaled ? alpha : undefined, rank });
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
  const numbers = found.flatMap(({ alpha, scalar }) => [alpha ?? [], scalar ?? []].flat());
  const values = new Map((await readAllFloats(numbers)).map((value, i) => [numbers[i]!, value[0]]));
  const numberIn = (entry: TensorEntry) => {
    const value = values.get(entry);
    if (value !== undefined && Number.isFinite(value)) return value;
    throw new BadModelError(`${lora.path}: "${entry.name}" is not a number. ${DAMAGED}`);
  };
  const patches = found.map(({ patch, alpha, scalar, rank }) => {
    const scale = alpha ? numberIn(alpha) / rank : patch.scale;
    // Trained instead of starting with zeros; later versions of LyCORIS save the product.
    return { ...patch, scale: scalar ? scale * numberIn(scalar) : scale };
  });
  return { patches, unmatched, misfits, others, unsupported };
}

/** A layer can have these alone. */
const BIAS_PARTS: ReadonlySet<string> = new Set(['biasDiff', 'upBias', 'alpha']);

/** As PEFT names modules: within their component. */
const withoutComponent = (layer: string) => layer.replace(/^(?:base_model\.model\.)?(?:unet|text_encoder)\./, '');

/** One value per input, as LyCORIS writes it, or per output, as PEFT does. */
function magnitudeFits(magnitude: TensorEntry | undefined, [outputs, inputs]: readonly number[]): boolean {
  if (!magnitude) return true;
  return elementCount(magnitude.shape) === (isPerOutput(magnitude) ? outputs : inputs);
}

/** Whether the norms of DoRA are those of rows: `[out]` or `[out, 1, …]`, not `[1, in, …]`. */
export function isPerOutput({ shape }: TensorEntry): boolean {
  return shape.length === 1 || shape[0] !== 1;
}
