import { componentPrefix, componentTensors } from '../../weights/components.ts';
import { BadModelError, type TensorEntry, type WeightsFile } from '../../weights/tensor.ts';
import { RESNET_NAMES, unetLayout } from '../../weights/unet-layout.ts';

/** The parts of a render that a LoRA can change. */
export type LoraComponent = 'unet' | 'textEncoder' | 'motionModule';

/** Weights by all of their names in LoRA files, with dots written as underscores, as in kohya's tools. */
export type TargetNames = Readonly<Partial<Record<LoraComponent, ReadonlyMap<string, TensorEntry>>>>;

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
    ...(motionModule && { motionModule: namesOf([...motionModule.tensors].map(([name, entry]) => [name, entry])) }),
  };
}

type Named = readonly [name: string, entry: TensorEntry];

/** Only weights that inputs are multiplied with: matrices and convolutions. */
function namesOf(named: readonly Named[]): Map<string, TensorEntry> {
  const ending = '.weight';
  return new Map(
    named.flatMap(([name, entry]) =>
      name.endsWith(ending) && (entry.shape.length === 2 || entry.shape.length === 4)
        ? [[underscored(name.slice(0, -ending.length)), entry]]
        : [],
    ),
  );
}

const underscored = (name: string) => name.replaceAll('.', '_');

/** Each weight by LDM's name and by diffusers' name. */
function unetNames(file: WeightsFile): Map<string, TensorEntry> {
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

/** transformers' names. In older diffusers LoRAs, the attention's matrices are named as in the UNet. */
function textEncoderNames(file: WeightsFile): Map<string, TensorEntry> {
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
  [/^lora_te1?_/, 'textEncoder'],
  [/^(?:base_model\.model\.)?unet\./, 'unet'],
  [/^(?:base_model\.model\.)?text_encoder\./, 'textEncoder'],
  [/^(?=text_model\.)/, 'textEncoder'],
  [/^(?:base_model\.model\.)?/, 'unet'],
];

/**
 * Find the weight that a LoRA's layer changes.
 *
 * @param layer its name in the file, from any tool
 * @returns null if the component has no such weight, 'elsewhere' if the target does not have the component
 */
export function locateLayer(
  layer: string,
  target: TargetNames,
): { readonly component: LoraComponent; readonly weight: TensorEntry } | 'elsewhere' | null {
  const [prefix, named] = PREFIXES.find(([pattern]) => pattern.test(layer))!;
  const component = /motion_modules|temporal_attentions/.test(layer) ? 'motionModule' : named;
  const names = target[component];
  if (!names) return 'elsewhere';
  const name = underscored(layer.replace(prefix, ''));
  // Attention processors use `to_out` for the first of its two modules.
  const weight = names.get(name) ?? names.get(`${name}_0`);
  return weight ? { component, weight } : null;
}
