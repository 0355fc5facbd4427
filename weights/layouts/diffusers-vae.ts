import { PLAIN_PREFIX } from '../components.ts';
import type { TensorEntry } from '../tensor.ts';

const LANDMARK = 'decoder.mid_block.resnets.0.conv1.weight';

/** The attention of the middle block; before diffusers 0.12 its layers had other names. */
const ATTENTION: Readonly<Record<string, string>> = {
  group_norm: 'norm',
  to_q: 'q',
  to_k: 'k',
  to_v: 'v',
  'to_out.0': 'proj_out',
  query: 'q',
  key: 'k',
  value: 'v',
  proj_attn: 'proj_out',
};

/**
 * LDM's name of each tensor of a VAE in diffusers' format (`AutoencoderKL`), whose file may also have the prefix `vae.`;
 * null for other files (diffusers, `convert_ldm_vae_checkpoint`).
 */
export function vaeName(tensors: ReadonlyMap<string, TensorEntry>): ((name: string) => readonly string[]) | null {
  const prefix = ['', 'vae.'].find((candidate) => tensors.has(candidate + LANDMARK));
  if (prefix === undefined) return null;
  let levels = 0;
  while (tensors.has(`${prefix}decoder.up_blocks.${levels}.resnets.0.conv1.weight`)) levels++;
  return (name) => [name.startsWith(prefix) ? PLAIN_PREFIX.vae + ldmName(name.slice(prefix.length), levels) : name];
}

function ldmName(name: string, levels: number): string {
  return name
    .replace(/\.mid_block\.resnets\.(\d)\./, (_, block: string) => `.mid.block_${Number(block) + 1}.`)
    .replace(/\.mid_block\.attentions\.0\.(.+)\.(weight|bias)$/, (_, layer: string, end: string) => {
      return `.mid.attn_1.${ATTENTION[layer] ?? layer}.${end}`;
    })
    .replace(/\.down_blocks\.(\d+)\.resnets\./, '.down.$1.block.')
    .replace(/\.down_blocks\.(\d+)\.downsamplers\.0\./, '.down.$1.downsample.')
    .replace(/\.up_blocks\.(\d+)\.resnets\./, (_, level: string) => `.up.${levels - 1 - Number(level)}.block.`)
    .replace(/\.up_blocks\.(\d+)\.upsamplers\.0\./, (_, level: string) => `.up.${levels - 1 - Number(level)}.upsample.`)
    .replace('.conv_shortcut.', '.nin_shortcut.')
    .replace('.conv_norm_out.', '.norm_out.');
}
