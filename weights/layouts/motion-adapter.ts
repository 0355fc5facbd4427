import type { TensorEntry } from '../tensor.ts';

const ADAPTER_KEY =
  /^(?:(?:down|up)_blocks\.\d+|mid_block)\.motion_modules\.\d+\.transformer_blocks\.0\.attn1\.to_q\.weight$/;
const MODULE = /^((?:(?:down|up)_blocks\.\d+|mid_block)\.motion_modules\.\d+)\.(.+)$/;

/**
 * AnimateDiff's names of each tensor of a motion adapter in diffusers' format (`MotionAdapter`); null for other files.
 * Its table of positions is that of both attentions (diffusers, `convert_animatediff_motion_module_to_diffusers.py`).
 */
export function motionNames(tensors: ReadonlyMap<string, TensorEntry>): ((name: string) => readonly string[]) | null {
  const names = [...tensors.keys()];
  if (!names.some((name) => ADAPTER_KEY.test(name)) || names.some((name) => /^down_blocks\.\d+\.resnets\./.test(name)))
    return null;
  return (name) => {
    const [, module, inner] = MODULE.exec(name) ?? [];
    return inner === undefined ? [name] : originalNames(inner).map((own) => `${module}.temporal_transformer.${own}`);
  };
}

/** AnimateDiff's names within a temporal transformer. */
function originalNames(inner: string): string[] {
  const name = inner
    .replace('.norm1.', '.norms.0.')
    .replace('.norm2.', '.norms.1.')
    .replace('.norm3.', '.ff_norm.')
    .replace('.attn1.', '.attention_blocks.0.')
    .replace('.attn2.', '.attention_blocks.1.');
  return name.endsWith('.pos_embed.pe')
    ? [0, 1].map((block) => name.replace('.pos_embed.', `.attention_blocks.${block}.pos_encoder.`))
    : [name];
}

/** diffusers' name of a layer of a motion module, from AnimateDiff's. */
export function adapterName(name: string): string {
  return name
    .replace('.temporal_transformer.', '.')
    .replace('.norms.0.', '.norm1.')
    .replace('.norms.1.', '.norm2.')
    .replace('.ff_norm.', '.norm3.')
    .replace('.attention_blocks.0.', '.attn1.')
    .replace('.attention_blocks.1.', '.attn2.');
}
