import { z } from 'zod';
import { BadModelError, type WeightsFile } from './tensor.ts';

/** The settings of a model that its keys and shapes do not determine. */
export interface ComponentConfig {
  readonly unet: { readonly heads: number; readonly normGroups: number };
  readonly textEncoder: {
    /** Null: one per 64 channels of the hidden size. */
    readonly heads: number | null;
    readonly activation: 'quick_gelu' | 'gelu';
  };
  readonly vae: { readonly normGroups: number; readonly scalingFactor: number };
  readonly motionModule: { readonly heads: number; readonly normGroups: number };
}

// The error of each value is what it has to be.
const COUNT = 'a whole number from 1 to 4096';
const Count = z.coerce.number(COUNT).int(COUNT).min(1, COUNT).max(4096, COUNT);
const FACTOR = 'a number above 0 and at most 1000';
const Factor = z.coerce.number(FACTOR).positive(FACTOR).max(1000, FACTOR);
const Activation = z.enum(['quick_gelu', 'gelu'], 'quick_gelu or gelu');

/**
 * Metadata keys (component and diffusers' name of the setting), by default with the values of Stable Diffusion 1.5 and
 * AnimateDiff. The UNet's `attention_head_dim` in diffusers is the number of heads in SD 1.5.
 */
const Keys = z.object({
  'unet.attention_head_dim': Count.default(8),
  'unet.norm_num_groups': Count.default(32),
  'text_encoder.num_attention_heads': Count.nullable().default(null),
  'text_encoder.hidden_act': Activation.default('quick_gelu'),
  'vae.norm_num_groups': Count.default(32),
  'vae.scaling_factor': Factor.default(0.18215),
  'motion_module.num_attention_heads': Count.default(8),
  'motion_module.norm_num_groups': Count.default(32),
});

/**
 * The settings in a file's metadata, else Stable Diffusion 1.5's.
 *
 * @throws BadModelError when a value is invalid
 */
export function componentConfig(file: WeightsFile): ComponentConfig {
  const parsed = Keys.safeParse(file.metadata);
  if (!parsed.success) {
    const { path, message: expected } = parsed.error.issues[0]!;
    const key = String(path[0]);
    throw new BadModelError(
      `${file.path}: its metadata has ${key} = "${file.metadata[key]}" instead of ${expected}. Use another file.`,
    );
  }
  const keys = parsed.data;
  return {
    unet: { heads: keys['unet.attention_head_dim'], normGroups: keys['unet.norm_num_groups'] },
    textEncoder: {
      heads: keys['text_encoder.num_attention_heads'],
      activation: keys['text_encoder.hidden_act'],
    },
    vae: { normGroups: keys['vae.norm_num_groups'], scalingFactor: keys['vae.scaling_factor'] },
    motionModule: {
      heads: keys['motion_module.num_attention_heads'],
      normGroups: keys['motion_module.norm_num_groups'],
    },
  };
}
