import { expect, it } from 'vitest';
import { emaName } from '../../weights/layouts/ema.ts';
import { openWeights } from '../../weights/open.ts';
import type { TensorEntry } from '../../weights/tensor.ts';
import { POCKET } from '../golden/models.ts';

const UNET = 'model.diffusion_model.';
const emaOf = (name: string) => `model_ema.${name.replace('model.', '').replaceAll('.', '')}`;
const mapOf = (names: readonly string[]) => new Map(names.map((name) => [name, {} as TensorEntry]));

/** Names of Stable Diffusion 1.5's UNet: twelve blocks on each side. */
const NAMES = [
  'time_embed.0.weight',
  'time_embed.cond_proj.weight',
  'input_blocks.0.0.bias',
  'input_blocks.1.1.transformer_blocks.0.attn1.to_out.0.weight',
  'input_blocks.3.0.op.weight',
  'input_blocks.10.0.emb_layers.1.bias',
  'input_blocks.11.0.in_layers.2.weight',
  'middle_block.1.transformer_blocks.0.norm3.weight',
  'middle_block.2.out_layers.3.bias',
  'output_blocks.1.0.skip_connection.weight',
  'output_blocks.11.1.transformer_blocks.0.ff.net.0.proj.weight',
  'output_blocks.8.2.conv.weight',
  'output_blocks.9.1.proj_out.bias',
  'out.2.weight',
].map((name) => UNET + name);

it('finds the dots that EMA copies do not have', async () => {
  const pocket = [...(await openWeights(POCKET)).tensors.keys()].filter((name) => name.startsWith(UNET));
  expect(pocket.length).toBeGreaterThan(100);
  for (const names of [NAMES, pocket]) {
    const plain = emaName(mapOf(names.map(emaOf)))!;
    expect(names.map((name) => plain(emaOf(name)))).toEqual(names.map((name) => [name]));
  }
  const plain = emaName(mapOf(NAMES.map(emaOf)))!;
  for (const other of ['model_ema.decay', 'model_ema.diffusion_modelmysteryweight'])
    expect(plain(other)).toEqual([other]);
});

it('leaves a checkpoint with its own weights as it is', () => {
  expect(emaName(mapOf([...NAMES, ...NAMES.map(emaOf)]))).toBeNull();
  expect(emaName(mapOf(NAMES))).toBeNull();
});
