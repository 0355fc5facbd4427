import { componentPrefix, componentTensors } from '../../weights/components.ts';
import { adapterName } from '../../weights/layouts/motion-adapter.ts';
import { BadModelError, type TensorEntry, type WeightsFile } from '../../weights/tensor.ts';
import { RESNET_NAMES, unetLayout } from '../../weights/unet-layout.ts';

/** The parts of a render that a LoRA can change. */
export type LoraComponent = 'unet' | 'textEncoder' | 'motionModule';

/** The tensors of a layer. */
interface TargetLayer {
  readonly weight: TensorEntry;
  readonly bias: TensorEntry | null;
}

/** Layers by all of their names in LoRA files, with dots written as underscores, as in kohya's tools. */
export type TargetNames = Readonly<Partial<Record<LoraComponent, ReadonlyMap<string, TargetLayer>>>>;

/** Files with the weights to change; UNet and text encoder are often in the same checkpoint. */
export interface LoraTarget {
  readonly unet?: WeightsFile;
  readonly textEncoder?: WeightsFile;
  readonly motionModule?: WeightsFile;
}

/**
 * The names that LoRAs may use for the weights of a target.
 *
 * @throws BadModelError when a file does not have its component
 */
export function targetNames({ unet, textEncoder, motionModule }: LoraTarget): TargetNames {
  return {
    ...(unet && { unet: unetNames(unet) }),
    ...(textEncoder && { textEncoder: textEncoderNames(textEncoder) }),
    ...(motionModule && { motionModule: motionNames(motionModule) }),
  };
}

type Named = readonly [name: string, entry: TensorEntry];

/** Matrices, convolutions, and the factors of normalizations. */
function namesOf(named: readonly Named[]): Map<string, TargetLayer> {
  const byName = new Map(named);
  const ending = '.weight';
  return new Map(
    named.flatMap(([name, weight]) => {
      if (!name.endsWith(ending) || ![1, 2, 4].includes(weight.shape.length)) return [];
      const layer = name.slice(0, -ending.length);
      return [[underscored(layer), { weight, bias: byName.get(`${layer}.bias`) ?? null }]];
    }),
  );
}

const underscored = (name: string) => name.replaceAll('.', '_');

/** Each weight by LDM's name and by diffusers' name. */
function unetNames(file: WeightsFile): Map<string, TargetLayer> {
  const tensors = componentTensors(file, 'unet');
  if (tensors.size === 0) throw new BadModelError(`${file.path} has no UNet, so a LoRA cannot be applied to it.`);
  const parts = new Map(unetLayout((key) => tensors.has(key)).map((part) => [part.ldm, part]));
  const diffusersName = (name: string): string => {
    // `input_blocks.1.0` + `.in_layers.2.weight`: the longest part that is a prefix of the name.
    for (let end = name.lastIndexOf('.'); end > 0; end = name.lastIndexOf('.', end - 1)) {
      const part = parts.get(name.slice(0, end));
      if (!part) continue;
      const inner = name.slice(end + 1);
      const renamed = part.kind === 'resnet' ? inResnet(inner) : inner;
      return `${part.diffusers}.${renamed}`;
    }
    return name;
  };
  const ldm = [...tensors];
  return namesOf([...ldm, ...ldm.map(([name, entry]): Named => [diffusersName(name), entry])]);
}

/** `in_layers.2.weight` → `conv1.weight` */
function inResnet(inner: string): string {
  const end = inner.lastIndexOf('.');
  return (RESNET_NAMES[inner.slice(0, end)] ?? inner.slice(0, end)) + inner.slice(end);
}

/** Each weight by AnimateDiff's name and by diffusers' name. */
function motionNames({ tensors }: WeightsFile): Map<string, TargetLayer> {
  const original = [...tensors];
  return namesOf([...original, ...original.map(([name, entry]): Named => [adapterName(name), entry])]);
}

/** transformers' names. In older diffusers LoRAs, the attention's matrices are named as in the UNet. */
function textEncoderNames(file: WeightsFile): Map<string, TargetLayer> {
  if (componentPrefix(file, 'textEncoder') === null) {
    throw new BadModelError(`${file.path} has no text encoder, so a LoRA cannot be applied to it.`);
  }
  const named = [...componentTensors(file, 'textEncoder')].map(([name, entry]): Named => [`text_model.${name}`, entry]);
  const asInUNet = named.map(
    ([name, entry]): Named => [name.replace(/\.([qkv])_proj\./, '.to_$1.').replace('.out_proj.', '.to_out.'), entry],
  );
  return namesOf([...named, ...asInUNet]);
}

/** Prefixes of layer names, with their component. The first match is used. */
const PREFIXES: readonly [RegExp, LoraComponent][] = [
  [/^lora_unet_/, 'unet'],
  // kohya's OFT.
  [/^oft_unet_/, 'unet'],
  [/^lora_te1?_/, 'textEncoder'],
  [/^lycoris_(?=text_model_)/, 'textEncoder'],
  [/^lycoris_/, 'unet'],
  [/^(?:base_model\.model\.)?unet\./, 'unet'],
  [/^(?:base_model\.model\.)?text_encoder\./, 'textEncoder'],
  [/^(?=text_model\.)/, 'textEncoder'],
  [/^(?:base_model\.model\.)?/, 'unet'],
];

/**
 * Find the layer that a LoRA's layer changes.
 *
 * @param layer its name in the file, from any tool
 * @returns null if the component has no such layer, 'elsewhere' if the target does not have the component
 */
export function locateLayer(
  layer: string,
  target: TargetNames,
): ({ readonly component: LoraComponent } & TargetLayer) | 'elsewhere' | null {
  const [prefix, named] = PREFIXES.find(([pattern]) => pattern.test(layer))!;
  const component = /motion_modules|temporal_attentions/.test(layer) ? 'motionModule' : named;
  const names = target[component];
  if (!names) return 'elsewhere';
  const name = underscored(layer.replace(prefix, ''));
  // Attention processors use `to_out` for the first of its two modules.
  const found = names.get(name) ?? names.get(`${name}_0`);
  return found ? { component, ...found } : null;
}
