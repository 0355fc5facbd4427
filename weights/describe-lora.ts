import type { ModelDescription, ModelFamily } from '../plan/model.ts';
import { parseLoraKey } from './lora-keys.ts';
import type { TensorEntry, WeightsFile } from './tensor.ts';

/** Layers of a LoRA that determine its rank and width: those that multiply the input first. */
interface LoraLayer {
  readonly layer: string;
  readonly down: TensorEntry;
}

/** The layers that a LoRA changes; none if the file is not a LoRA. */
export function loraLayers(tensors: WeightsFile['tensors']): readonly LoraLayer[] {
  const layers: LoraLayer[] = [];
  for (const [key, down] of tensors) {
    const parsed = parseLoraKey(key);
    if (parsed && (parsed.part === 'down' || parsed.part === 'hada_w1_b')) layers.push({ layer: parsed.layer, down });
  }
  return layers;
}

/** The type of a LoRA file, or null if it is not a LoRA. */
export function describeLora({ tensors, metadata }: WeightsFile): ModelDescription | null {
  const layers = loraLayers(tensors);
  if (layers.length === 0) return null;
  const rank = layers.reduce((most, { down }) => Math.max(most, down.shape[0] ?? 0), 0);
  const some = (pattern: RegExp) => layers.some(({ layer }) => pattern.test(layer));
  if (some(/motion_modules|temporal_attentions/)) return { kind: 'motion-lora', rank, hasMidBlock: some(/mid_block/) };
  return {
    kind: 'lora',
    family: familyOfLora(layers, metadata),
    naming: some(/^lora_/) ? 'kohya' : 'diffusers',
    rank,
    ...aliasOf(metadata),
    unet: some(/^(?!lora_te|text_)/),
    textEncoder: some(/^(?:lora_te|text_)/),
    convolutions: layers.some(({ down }) => (down.shape[2] ?? 1) > 1),
  };
}

/** The name that a LoRA was trained under, by which A1111 finds it, too. */
function aliasOf({ ss_output_name: alias = '' }: Readonly<Record<string, string>>): { alias?: string } {
  return alias === '' || alias.length > LONGEST_ALIAS ? {} : { alias };
}

/** Longer than the name of any file. */
const LONGEST_ALIAS = 255;

/** Width of the text encoding that cross-attention reads. */
const FAMILY_OF_WIDTH: Readonly<Record<number, ModelFamily>> = {
  768: 'sd1',
  1024: 'sd2',
  1280: 'sdxl',
  2048: 'sdxl',
};

function familyOfLora(layers: readonly LoraLayer[], metadata: Readonly<Record<string, string>>): ModelFamily {
  if (layers.some(({ layer }) => /^lora_te2_|^text_encoder_2\.|transformer_blocks[._][1-9]/.test(layer))) return 'sdxl';
  const width = layers.find(({ layer }) => /attn2[._]to_[kv]$/.test(layer))?.down.shape[1] ?? 0;
  const byWidth = FAMILY_OF_WIDTH[width];
  if (byWidth) return byWidth;
  if (layers.some(({ layer, down }) => /attentions.*[._]proj_in$/.test(layer) && down.shape.length === 4)) return 'sd1';
  const base = metadata.ss_base_model_version ?? '';
  return base.startsWith('sdxl')
    ? 'sdxl'
    : base.startsWith('sd_v2')
      ? 'sd2'
      : base.startsWith('sd_v1')
        ? 'sd1'
        : 'unknown';
}
