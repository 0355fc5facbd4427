import { PLAIN_PREFIX } from '../components.ts';
import type { TensorEntry } from '../tensor.ts';
import { blockNumbers, LANDMARK, ldmName } from './diffusers-unet.ts';

/** Only ControlNets in diffusers' format have this layer; SparseCtrl, too, but with a motion module. */
const HINT = 'controlnet_cond_embedding.conv_in.weight';

const RESIDUAL = /^controlnet_(?:down_blocks\.(\d+)|mid_block)\.(.+)$/;
const HINT_LAYER = /^controlnet_cond_embedding\.(?:(conv_in|conv_out)|blocks\.(\d+))\.(.+)$/;

/**
 * LDM's name of each tensor of a ControlNet in diffusers' format (`ControlNetModel`); null for other files. Its blocks
 * have the names of the UNet's (diffusers, `convert_controlnet_checkpoint`).
 */
export function controlNetName(
  tensors: ReadonlyMap<string, TensorEntry>,
): ((name: string) => readonly string[]) | null {
  const isVideo = [...tensors.keys()].some((name) => name.includes('.motion_modules.'));
  if (isVideo || !tensors.has(HINT) || !tensors.has(LANDMARK)) return null;
  const numbers = blockNumbers(tensors, '');
  // After the first layer and each of the blocks stands an activation.
  const last =
    2 *
    (1 + [...tensors.keys()].filter((name) => /^controlnet_cond_embedding\.blocks\.\d+\.weight$/.test(name)).length);
  return (name) => {
    const own = hintName(name, last) ?? residualName(name) ?? ldmName(name, numbers);
    return [own === null ? name : PLAIN_PREFIX.controlNet + own];
  };
}

function hintName(name: string, last: number): string | null {
  const [, end, block, rest] = HINT_LAYER.exec(name) ?? [];
  if (rest === undefined) return null;
  const number = end === 'conv_in' ? 0 : end === 'conv_out' ? last : 2 * (Number(block) + 1);
  return `input_hint_block.${number}.${rest}`;
}

function residualName(name: string): string | null {
  const [, block, rest] = RESIDUAL.exec(name) ?? [];
  if (rest === undefined) return null;
  return block === undefined ? `middle_block_out.0.${rest}` : `zero_convs.${block}.0.${rest}`;
}
