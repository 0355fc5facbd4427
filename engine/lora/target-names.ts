import { componentPrefix, componentTensors } from '../../weights/components.ts';
import { BadModelError, type TensorEntry, type WeightsFile } from '../../weights/tensor.ts';
import { RESNET_NAMES, unetLayout } from '../../weights/unet-layout.ts';

/** The parts of a render that a LoRA can change. */
export type LoraComponent = 'unet' | 'textEncoder' | 'motionModule';

/** Weights under every name that LoRA files give them, dots written as underscores as kohya's tools do. */
export type TargetNames = Readonly<Partial<Record<LoraComponent, ReadonlyMap<string, TensorEntry>>>>;

/** Files that hold the weights to change; UNet and text encoder are often one checkpoint. */
export interface LoraTarget {
  readonly unet?: WeightsFile;
  readonly textEncoder?: WeightsFile;
  readonly motionModule?: WeightsFile;
}

/**
 * The names that LoRAs may use for the weights of a target.
 *
 * @throws BadModelError when a file does not have the component that it is given for
 */
export function targetNames({ unet, textEncoder, motionModule }: LoraTarget): TargetNames {
  return {
    ...(unet && { unet: unetNames(unet) }),
    ...(textEncoder && { textEncoder: textEncoderNames(textEncoder) }),
    ...(motionModule && { motionModule: namesOf([...motionModule.tensors].map(([name, entry]) => [name, entry])) }),
  };
}

type Named = readonly [name: string, entry: TensorEntry];

/** Only what is multiplied with: matrices and convolutions. */
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

/** Each weight under LDM's name and under diffusers'. */
function unetNames(file: WeightsFile): Map<string, TensorEntry> {
  const tensors = componentTensors(file, 'unet');
  if (tensors.size === 0) throw new BadModelError(`${file.path} holds no UNet that a LoRA could change.`);
  const parts = new Map(unetLayout((key) => tensors.has(key)).map((part) => [part.ldm, part]));
  const diffusersName = (name: string): string => {
    // `input_blocks.1.0` + `.in_layers.2.weight`: the longest part that the name starts with.
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

/** transformers' names; older diffusers LoRAs call the attention's matrices as in the UNet. */
function textEncoderNames(file: WeightsFile): Map<string, TensorEntry> {
  if (componentPrefix(file, 'textEncoder') === null) {
    throw new BadModelError(`${file.path} holds no text encoder that a LoRA could change.`);
  }
  const named = [...componentTensors(file, 'textEncoder')].map(([name, entry]): Named => [`text_model.${name}`, entry]);
  const asInUNet = named.map(
    ([name, entry]): Named => [name.replace(/\.([qkv])_proj\./, '.to_$1.').replace('.out_proj.', '.to_out.'), entry],
  );
  return namesOf([...named, ...asInUNet]);
}

/** What stands before a layer's name, and the component that it means. The first that fits counts. */
const PREFIXES: readonly [RegExp, LoraComponent][] = [
  [/^lora_unet_/, 'unet'],
  [/^lora_te_/, 'textEncoder'],
  [/^(?:base_model\.model\.)?unet\./, 'unet'],
  [/^(?:base_model\.model\.)?text_encoder\./, 'textEncoder'],
  [/^(?=text_model\.)/, 'textEncoder'],
  [/^(?:base_model\.model\.)?/, 'unet'],
];

/**
 * Find the weight that a LoRA's layer means.
 *
 * @param layer as the file names it, of any tool's naming
 * @returns null when the component has no such weight, 'elsewhere' when the target does not name the component
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
  // Attention processors say `to_out` for the first of its two modules.
  const weight = names.get(name) ?? names.get(`${name}_0`);
  return weight ? { component, weight } : null;
}
