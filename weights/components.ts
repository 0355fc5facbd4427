import type { TensorEntry, WeightsFile } from './tensor.ts';

export type Component = 'unet' | 'textEncoder' | 'vae' | 'controlNet';

/** A component's prefix in a checkpoint as LDM (A1111) writes it. */
export const PLAIN_PREFIX: Readonly<Record<Component, string>> = {
  unet: 'model.diffusion_model.',
  textEncoder: 'cond_stage_model.transformer.text_model.',
  vae: 'first_stage_model.',
  controlNet: 'control_model.',
};

/**
 * For each component, a key that only it has, and the prefixes of its keys that programs write: LDM's first, then
 * ComfyUI's (`supported_models.py`). Files from before transformers 4.31 may lack `text_model.`.
 */
const COMPONENTS: Readonly<Record<Component, { readonly key: string; readonly prefixes: readonly string[] }>> = {
  unet: { key: 'output_blocks.0.0.in_layers.0.weight', prefixes: [PLAIN_PREFIX.unet, 'diffusion_model.', ''] },
  textEncoder: {
    key: 'embeddings.token_embedding.weight',
    prefixes: [
      PLAIN_PREFIX.textEncoder,
      'cond_stage_model.transformer.',
      'cond_stage_model.clip_l.transformer.text_model.',
      'conditioner.embedders.0.transformer.text_model.',
      'text_model.',
    ],
  },
  vae: { key: 'decoder.mid.block_1.conv1.weight', prefixes: [PLAIN_PREFIX.vae, ''] },
  controlNet: { key: 'zero_convs.0.0.weight', prefixes: [PLAIN_PREFIX.controlNet, ''] },
};

/**
 * The prefix of a component's keys in a file with LDM's (A1111's) names: the UNet's first convolution is
 * `${prefix}input_blocks.0.0.weight`, the text encoder's table `${prefix}embeddings.token_embedding.weight`, the VAE's
 * first convolution `${prefix}decoder.conv_in.weight`. Null when the file does not have the component.
 *
 * Training programs add prefixes of their own, so any other is found, too.
 */
export function componentPrefix(file: WeightsFile, component: Component): string | null {
  const { key, prefixes } = COMPONENTS[component];
  const known = prefixes.find((prefix) => file.tensors.has(prefix + key));
  if (known !== undefined) return known;
  for (const name of file.tensors.keys()) if (name.endsWith(`.${key}`)) return name.slice(0, -key.length);
  return null;
}

/** A component's tensors by their names without the prefix; empty if the file does not have the component. */
export function componentTensors(file: WeightsFile, component: Component): ReadonlyMap<string, TensorEntry> {
  const prefix = componentPrefix(file, component);
  if (prefix === null) return new Map();
  return new Map(
    [...file.tensors].flatMap(([name, entry]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), entry]] : [])),
  );
}
