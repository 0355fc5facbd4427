import { PLAIN_PREFIX } from '../components.ts';
import type { TensorEntry } from '../tensor.ts';
import { RESNET_NAMES } from '../unet-layout.ts';

/** Both programs use these names, and no other model has them. */
export const LANDMARK = 'down_blocks.0.resnets.0.conv1.weight';

/** The layers outside the blocks. */
const OUTSIDE: Readonly<Record<string, string>> = {
  conv_in: 'input_blocks.0.0',
  'time_embedding.linear_1': 'time_embed.0',
  'time_embedding.linear_2': 'time_embed.2',
  'time_embedding.cond_proj': 'time_embed.cond_proj',
  'add_embedding.linear_1': 'label_emb.0.0',
  'add_embedding.linear_2': 'label_emb.0.2',
  conv_norm_out: 'out.0',
  conv_out: 'out.2',
};

const INSIDE_RESNET = new Map(Object.entries(RESNET_NAMES).map(([ldm, diffusers]) => [diffusers, ldm]));
const MIDDLE: Readonly<Record<string, number>> = { 'resnets.0': 0, 'attentions.0': 1, 'resnets.1': 2 };
const BLOCK = /^(?:(down|up)_blocks\.(\d+)|(mid)_block)\.(resnets|attentions|downsamplers|upsamplers)\.(\d+)\.(.+)$/;

/**
 * LDM's name of each tensor of a UNet in diffusers' format (`UNet2DConditionModel`), whose file may also have the prefix
 * `unet.`; null for other files. The numbers of LDM's blocks follow from the blocks that exist
 * (diffusers, `convert_ldm_unet_checkpoint`).
 */
export function unetName(tensors: ReadonlyMap<string, TensorEntry>): ((name: string) => readonly string[]) | null {
  const prefix = ['', 'unet.'].find((candidate) => tensors.has(candidate + LANDMARK));
  const isVideo = [...tensors.keys()].some((name) => name.includes('.motion_modules.'));
  // A ControlNet has the blocks of the way down only.
  if (prefix === undefined || isVideo || !tensors.has(`${prefix}up_blocks.0.resnets.0.conv1.weight`)) return null;
  const numbers = blockNumbers(tensors, prefix);
  return (name) => {
    const own = name.startsWith(prefix) ? ldmName(name.slice(prefix.length), numbers) : null;
    return [own === null ? name : PLAIN_PREFIX.unet + own];
  };
}

export interface BlockNumbers {
  /** Of the first layer of each level, in `input_blocks` and in `output_blocks`. */
  readonly down: readonly number[];
  readonly up: readonly number[];
  /** For each level, its number of layers, and whether they have attention. */
  readonly layers: { readonly down: readonly number[]; readonly up: readonly number[] };
  readonly upAttends: readonly boolean[];
}

/** @param prefix of the names in the file */
export function blockNumbers(tensors: ReadonlyMap<string, TensorEntry>, prefix: string): BlockNumbers {
  const has = (name: string) => tensors.has(prefix + name);
  const layersOf = (side: 'down' | 'up') => {
    const layers: number[] = [];
    while (has(`${side}_blocks.${layers.length}.resnets.0.conv1.weight`)) {
      let count = 0;
      while (has(`${side}_blocks.${layers.length}.resnets.${count}.conv1.weight`)) count++;
      layers.push(count);
    }
    return layers;
  };
  const layers = { down: layersOf('down'), up: layersOf('up') };
  // The first input block is the first convolution, and each downsampler is a block of its own.
  const down = layers.down.map((_, level) => 1 + sum(layers.down.slice(0, level)) + level);
  const up = layers.up.map((_, level) => sum(layers.up.slice(0, level)));
  const upAttends = layers.up.map((_, level) => has(`up_blocks.${level}.attentions.0.proj_in.weight`));
  return { down, up, layers, upAttends };
}

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

/** Null for a name that is not of this format. */
export function ldmName(name: string, { down, up, layers, upAttends }: BlockNumbers): string | null {
  const outside = Object.keys(OUTSIDE).find((layer) => name.startsWith(`${layer}.`));
  if (outside !== undefined) return OUTSIDE[outside]! + name.slice(outside.length);
  const [, side = 'mid', levelText, , kind, layerText, inner] = BLOCK.exec(name) ?? [];
  if (kind === undefined) return null;
  const [level, layer] = [Number(levelText), Number(layerText)];
  const rest = kind === 'resnets' ? inResnet(inner!) : inner!;
  if (side === 'mid') return `middle_block.${MIDDLE[`${kind}.${layer}`]}.${rest}`;
  const part = kind === 'resnets' ? 0 : 1;
  if (kind === 'downsamplers')
    return `input_blocks.${down[level]! + layers.down[level]!}.0.op${rest.slice('conv'.length)}`;
  if (kind === 'upsamplers') {
    // The upsampler follows the level's last layer.
    return `output_blocks.${up[level]! + layers.up[level]! - 1}.${upAttends[level] ? 2 : 1}.${rest}`;
  }
  return side === 'down'
    ? `input_blocks.${down[level]! + layer}.${part}.${rest}`
    : `output_blocks.${up[level]! + layer}.${part}.${rest}`;
}

/** `conv1.weight` → `in_layers.2.weight` */
function inResnet(inner: string): string {
  const end = inner.lastIndexOf('.');
  return (INSIDE_RESNET.get(inner.slice(0, end)) ?? inner.slice(0, end)) + inner.slice(end);
}
