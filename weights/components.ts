import type { TensorEntry, WeightsFile } from './tensor.ts';

export type Component = 'unet' | 'textEncoder' | 'vae';

/** For each component: a key that only it has, and the possible prefixes of its keys. */
const COMPONENTS: Readonly<Record<Component, { readonly key: string; readonly prefixes: readonly string[] }>> = {
  unet: { key: 'output_blocks.0.0.in_layers.0.weight', prefixes: ['model.diffusion_model.', ''] },
  textEncoder: {
    key: 'embeddings.token_embedding.weight',
    // Files from before transformers 4.31 may lack `text_model.`.
    prefixes: [
      'cond_stage_model.transformer.text_model.',
      'cond_stage_model.transformer.',
      'conditioner.embedders.0.transformer.text_model.',
      'text_model.',
    ],
  },
  vae: { key: 'decoder.mid.block_1.conv1.weight', prefixes: ['first_stage_model.', ''] },
};

/**
 * The prefix of a component's keys in a file with LDM's (A1111's) names: the UNet's first convolution is
 * `${prefix}input_blocks.0.0.weight`, the text encoder's table `${prefix}embeddings.token_embedding.weight`, the VAE's
 * first convolution `${prefix}decoder.conv_in.weight`. Null when the file does not have the component.
 */
export function componentPrefix(file: WeightsFile, component: Component): string | null {
  const { key, prefixes } = COMPONENTS[component];
  return prefixes.find((prefix) => file.tensors.has(prefix + key)) ?? null;
}

/** A component's tensors by their names without the prefix; empty if the file does not have the component. */
export function componentTensors(file: WeightsFile, component: Component): ReadonlyMap<string, TensorEntry> {
  const prefix = componentPrefix(file, component);
  if (prefix === null) return new Map();
  return new Map(
    [...file.tensors].flatMap(([name, entry]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), entry]] : [])),
  );
}
