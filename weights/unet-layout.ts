/** A part of a UNet with its two names: LDM's, used in files, and diffusers', used by LoRAs and AnimateDiff. */
export interface UNetPart {
  readonly kind: 'resnet' | 'attention' | 'resampler' | 'other';
  /** `input_blocks.1.0` */
  readonly ldm: string;
  /** `down_blocks.0.resnets.0` */
  readonly diffusers: string;
}

/**
 * The parts of a UNet in the order of computation, derived from its keys: a level ends at a down- or upsampler, so any
 * number of levels, and of blocks per level, gets the right names.
 *
 * @param has whether the UNet has a key, in LDM's naming and without the file's prefix
 */
export function unetLayout(has: (key: string) => boolean): UNetPart[] {
  return [...outside(has), ...downBlocks(has), ...middleBlock(has), ...upBlocks(has)];
}

const isResnet = (has: (key: string) => boolean, part: string) => has(`${part}.in_layers.0.weight`);
const isAttention = (has: (key: string) => boolean, part: string) => has(`${part}.proj_in.weight`);

function outside(has: (key: string) => boolean): UNetPart[] {
  const names = {
    'input_blocks.0.0': 'conv_in',
    'time_embed.0': 'time_embedding.linear_1',
    'time_embed.2': 'time_embedding.linear_2',
    'out.0': 'conv_norm_out',
    'out.2': 'conv_out',
  };
  return Object.entries(names).flatMap(([ldm, diffusers]) =>
    has(`${ldm}.weight`) ? [{ kind: 'other', ldm, diffusers }] : [],
  );
}

function downBlocks(has: (key: string) => boolean): UNetPart[] {
  const parts: UNetPart[] = [];
  let level = 0;
  let layer = 0;
  for (let i = 1; ; i++) {
    const block = `input_blocks.${i}`;
    if (has(`${block}.0.op.weight`)) {
      parts.push({ kind: 'resampler', ldm: `${block}.0.op`, diffusers: `down_blocks.${level}.downsamplers.0.conv` });
      level++;
      layer = 0;
      continue;
    }
    if (!isResnet(has, `${block}.0`)) return parts;
    parts.push({ kind: 'resnet', ldm: `${block}.0`, diffusers: `down_blocks.${level}.resnets.${layer}` });
    if (isAttention(has, `${block}.1`)) {
      parts.push({ kind: 'attention', ldm: `${block}.1`, diffusers: `down_blocks.${level}.attentions.${layer}` });
    }
    layer++;
  }
}

function middleBlock(has: (key: string) => boolean): UNetPart[] {
  const parts: UNetPart[] = [
    { kind: 'resnet', ldm: 'middle_block.0', diffusers: 'mid_block.resnets.0' },
    { kind: 'attention', ldm: 'middle_block.1', diffusers: 'mid_block.attentions.0' },
    { kind: 'resnet', ldm: 'middle_block.2', diffusers: 'mid_block.resnets.1' },
  ];
  return parts.filter(({ kind, ldm }) => (kind === 'attention' ? isAttention(has, ldm) : isResnet(has, ldm)));
}

function upBlocks(has: (key: string) => boolean): UNetPart[] {
  const parts: UNetPart[] = [];
  let level = 0;
  let layer = 0;
  for (let i = 0; isResnet(has, `output_blocks.${i}.0`); i++) {
    const block = `output_blocks.${i}`;
    parts.push({ kind: 'resnet', ldm: `${block}.0`, diffusers: `up_blocks.${level}.resnets.${layer}` });
    if (isAttention(has, `${block}.1`)) {
      parts.push({ kind: 'attention', ldm: `${block}.1`, diffusers: `up_blocks.${level}.attentions.${layer}` });
    }
    layer++;
    // The upsampler follows the attention, if there is one.
    const upsampler = [`${block}.1.conv`, `${block}.2.conv`].find((part) => has(`${part}.weight`));
    if (upsampler === undefined) continue;
    parts.push({ kind: 'resampler', ldm: upsampler, diffusers: `up_blocks.${level}.upsamplers.0.conv` });
    level++;
    layer = 0;
  }
  return parts;
}

/** diffusers' names of the layers inside a resnet. */
export const RESNET_NAMES: Readonly<Record<string, string>> = {
  'in_layers.0': 'norm1',
  'in_layers.2': 'conv1',
  'emb_layers.1': 'time_emb_proj',
  'out_layers.0': 'norm2',
  'out_layers.3': 'conv2',
  skip_connection: 'conv_shortcut',
};
