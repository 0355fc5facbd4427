import type { TensorDefect } from '../plan/model.ts';
import { ExpectedTensors } from './expected-tensors.ts';
import type { TensorEntry } from './tensor.ts';

const LATENT_CHANNELS = 4;

type Tensors = ReadonlyMap<string, TensorEntry>;

/** The convolutions of a ControlNet that read the hint, by their numbers. */
const HINT_LAYERS = [0, 2, 4, 6, 8, 10, 12, 14];

/**
 * The first tensor that Stable Diffusion 1's UNet (LDM, `openaimodel.py`) needs, and that is missing or has another
 * shape; null if the UNet is complete. Widths and numbers of levels are the file's own.
 *
 * @param tensors by LDM's names without prefix
 */
export function unetDefect(tensors: Tensors): TensorDefect | null {
  const expected = new ExpectedTensors(tensors, 'unet');
  const { skips, blocks } = wayDown(expected, tensors);
  let width = skips.at(-1)!;
  for (const [i, skip] of [...skips.slice(0, -1)].reverse().entries()) {
    const block = `output_blocks.${i}`;
    width = blocks.resnet(`${block}.0`, width + skip);
    for (const part of [`${block}.1`, `${block}.2`]) {
      if (expected.hasAny(`${part}.conv.`)) expected.conv(`${part}.conv`, width, width, 3);
      else if (expected.hasAny(`${part}.`)) blocks.transformer(part, width);
    }
  }
  expected.norm('out.0', width);
  expected.conv('out.2', LATENT_CHANNELS, width, 3);
  return expected.defect;
}

/**
 * The same of a ControlNet (lllyasviel/ControlNet, `cldm.py`): the UNet's way down, a convolution for each of its
 * residuals, and the layers that read the hint.
 */
export function controlNetDefect(tensors: Tensors): TensorDefect | null {
  const expected = new ExpectedTensors(tensors, 'controlNet');
  const { base, skips } = wayDown(expected, tensors);
  for (const [i, width] of skips.slice(0, -1).entries()) expected.conv(`zero_convs.${i}.0`, width, width, 1);
  expected.conv('middle_block_out.0', skips.at(-1)!, skips.at(-1)!, 1);
  let width = tensors.get('input_hint_block.0.weight')?.shape[1] ?? 3;
  for (const i of HINT_LAYERS) {
    const name = `input_hint_block.${i}`;
    const to =
      i === HINT_LAYERS.at(-1)
        ? base
        : expected.usual([
            [`${name}.weight`, 0],
            [`${name}.bias`, 0],
          ]);
    expected.conv(name, to, width, 3);
    width = to;
  }
  return expected.defect;
}

/** The input blocks and the middle block. `skips`: the channels after each, the middle block last. */
function wayDown(expected: ExpectedTensors, tensors: Tensors) {
  const base = expected.usual([
    ['input_blocks.0.0.weight', 0],
    ['input_blocks.0.0.bias', 0],
    ['time_embed.0.weight', 1],
  ]);
  const inputs = tensors.get('input_blocks.0.0.weight')?.shape[1] ?? LATENT_CHANNELS;
  const time = expected.usual([
    ['time_embed.0.weight', 0],
    ['time_embed.2.weight', 0],
    ['time_embed.2.weight', 1],
  ]);
  const contextAxes = [...tensors.keys()].flatMap((name) =>
    /\.attn2\.to_[kv]\.weight$/.test(name) ? [[name, 1] as const] : [],
  );
  const context = expected.usual(contextAxes);

  const resnet = (name: string, from: number): number => {
    const to = expected.usual([
      [`${name}.out_layers.3.weight`, 0],
      [`${name}.in_layers.2.weight`, 0],
      [`${name}.emb_layers.1.weight`, 0],
      [`${name}.out_layers.0.weight`, 0],
    ]);
    expected.norm(`${name}.in_layers.0`, from);
    expected.conv(`${name}.in_layers.2`, to, from, 3);
    expected.linear(`${name}.emb_layers.1`, to, time);
    expected.norm(`${name}.out_layers.0`, to);
    expected.conv(`${name}.out_layers.3`, to, to, 3);
    if (from !== to) expected.conv(`${name}.skip_connection`, to, from, 1);
    return to;
  };
  const transformer = (name: string, channels: number) => {
    expected.norm(`${name}.norm`, channels);
    expected.linear(`${name}.proj_in`, channels, channels);
    const blocks = Math.max(1, expected.count(`${name}.transformer_blocks.`));
    for (let i = 0; i < blocks; i++) {
      const block = `${name}.transformer_blocks.${i}`;
      for (const norm of ['norm1', 'norm2', 'norm3']) expected.norm(`${block}.${norm}`, channels);
      expected.attention(`${block}.attn1`, channels, channels);
      expected.attention(`${block}.attn2`, channels, context === 0 ? channels : context);
      expected.feedForward(`${block}.ff`, channels);
    }
    expected.linear(`${name}.proj_out`, channels, channels);
  };

  expected.conv('input_blocks.0.0', base, inputs, 3);
  expected.linear('time_embed.0', time, base);
  expected.linear('time_embed.2', time, time);
  let width = base;
  const skips = [base];
  for (let i = 1; i < expected.count('input_blocks.'); i++) {
    const block = `input_blocks.${i}`;
    if (expected.hasAny(`${block}.0.op.`)) {
      expected.conv(`${block}.0.op`, width, width, 3);
    } else {
      width = resnet(`${block}.0`, width);
      if (expected.hasAny(`${block}.1.`)) transformer(`${block}.1`, width);
    }
    skips.push(width);
  }
  width = resnet('middle_block.0', width);
  transformer('middle_block.1', width);
  width = resnet('middle_block.2', width);
  return { base, skips: [...skips, width], blocks: { resnet, transformer } };
}
