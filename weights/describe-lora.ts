import type { ModelDescription, ModelFamily } from '../plan/model.ts';
import { LORA_METHODS, type LoraParts, loraMethod, loraParts, loraRank } from './lora-keys.ts';
import type { WeightsFile } from './tensor.ts';

interface LoraLayer {
  readonly layer: string;
  readonly parts: LoraParts;
}

/** The layers that a LoRA changes; none if the file is not a LoRA. */
export function loraLayers(tensors: WeightsFile['tensors']): readonly LoraLayer[] {
  return [...loraParts(tensors).layers].flatMap(([layer, parts]) =>
    loraMethod(parts) === null ? [] : [{ layer, parts }],
  );
}

/** The type of a LoRA file, or null if it is not a LoRA. */
export function describeLora({ tensors, metadata }: WeightsFile): ModelDescription | null {
  const layers = loraLayers(tensors);
  if (layers.length === 0) return null;
  const rank = layers.reduce((most, { parts }) => Math.max(most, loraRank(parts)), 0);
  const some = (pattern: RegExp) => layers.some(({ layer }) => pattern.test(layer));
  if (some(/motion_modules|temporal_attentions/)) return { kind: 'motion-lora', rank, hasMidBlock: some(/mid_block/) };
  return {
    kind: 'lora',
    family: familyOfLora(layers, metadata),
    naming: some(/^(?:lora|oft)_/) ? 'kohya' : 'diffusers',
    rank,
    ...methodsOf(layers),
    ...aliasOf(metadata),
    unet: some(/^(?!lora_te|text_)/),
    textEncoder: some(/^(?:lora_te|text_)/),
    convolutions: layers.some(({ parts }) => (inputAxes(parts)?.[1] ?? 1) > 1),
  };
}

/** What makes the file more than a plain LoRA. */
function methodsOf(layers: readonly LoraLayer[]): { methods?: readonly string[] } {
  const used = new Set(layers.map(({ parts }) => loraMethod(parts)));
  const methods = [
    ...LORA_METHODS.filter((method) => used.has(method)),
    ...(layers.some(({ parts }) => parts.magnitude) ? ['DoRA'] : []),
  ];
  return methods.length === 0 ? {} : { methods };
}

/** The name that a LoRA was trained under, by which A1111 finds it, too. */
function aliasOf({ ss_output_name: alias = '' }: Readonly<Record<string, string>>): { alias?: string } {
  return alias === '' || alias.length > LONGEST_ALIAS ? {} : { alias };
}

/** Longer than the name of any file. */
const LONGEST_ALIAS = 255;

/** The inputs of a layer, and the size of its kernel, as far as its tensors show them. */
function inputAxes({ down, hadaW1b, a1, diff }: LoraParts): readonly [number, number] | null {
  const { shape = [] } = down ?? hadaW1b ?? a1 ?? diff ?? {};
  return shape.length < 2 ? null : [shape[1]!, shape[2] ?? 1];
}

/** Width of the text encoding that cross-attention reads. */
const FAMILY_OF_WIDTH: Readonly<Record<number, ModelFamily>> = {
  768: 'sd1',
  1024: 'sd2',
  1280: 'sdxl',
  2048: 'sdxl',
};

function familyOfLora(layers: readonly LoraLayer[], metadata: Readonly<Record<string, string>>): ModelFamily {
  if (layers.some(({ layer }) => /^lora_te2_|^text_encoder_2\.|transformer_blocks[._][1-9]/.test(layer))) return 'sdxl';
  const cross = layers.find(({ layer }) => /attn2[._]to_[kv]$/.test(layer));
  const byWidth = FAMILY_OF_WIDTH[cross ? (inputAxes(cross.parts)?.[0] ?? 0) : 0];
  if (byWidth) return byWidth;
  const isConvolution = ({ down }: LoraParts) => down?.shape.length === 4;
  if (layers.some(({ layer, parts }) => /attentions.*[._]proj_in$/.test(layer) && isConvolution(parts))) return 'sd1';
  const base = metadata.ss_base_model_version ?? '';
  return base.startsWith('sdxl')
    ? 'sdxl'
    : base.startsWith('sd_v2')
      ? 'sd2'
      : base.startsWith('sd_v1')
        ? 'sd1'
        : 'unknown';
}
