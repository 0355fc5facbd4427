import { describe, expect, it } from 'vitest';
import { openWeights } from '../../../weights/open.ts';
import { fileOf, safetensorsWith } from '../files.ts';

/** The blocks of SD 1.5's UNet in diffusers' format: what decides the numbers of LDM's blocks. */
const LANDMARKS = [
  ...[0, 1, 2, 3].flatMap((level) => [0, 1].map((layer) => `down_blocks.${level}.resnets.${layer}.conv1.weight`)),
  ...[0, 1, 2].flatMap((level) => [0, 1].map((layer) => `down_blocks.${level}.attentions.${layer}.proj_in.weight`)),
  ...[0, 1, 2, 3].flatMap((level) => [0, 1, 2].map((layer) => `up_blocks.${level}.resnets.${layer}.conv1.weight`)),
  ...[1, 2, 3].flatMap((level) => [0, 1, 2].map((layer) => `up_blocks.${level}.attentions.${layer}.proj_in.weight`)),
];

/** Of stable-diffusion-v1-5 on both sides, as diffusers' conversion pairs them. */
const PAIRS: Readonly<Record<string, string>> = {
  'conv_in.weight': 'input_blocks.0.0.weight',
  'time_embedding.linear_1.bias': 'time_embed.0.bias',
  'time_embedding.linear_2.weight': 'time_embed.2.weight',
  'down_blocks.0.resnets.1.norm1.weight': 'input_blocks.2.0.in_layers.0.weight',
  'down_blocks.0.downsamplers.0.conv.weight': 'input_blocks.3.0.op.weight',
  'down_blocks.1.resnets.0.conv_shortcut.weight': 'input_blocks.4.0.skip_connection.weight',
  'down_blocks.1.attentions.1.transformer_blocks.0.attn2.to_k.weight':
    'input_blocks.5.1.transformer_blocks.0.attn2.to_k.weight',
  'down_blocks.2.downsamplers.0.conv.bias': 'input_blocks.9.0.op.bias',
  'down_blocks.3.resnets.1.time_emb_proj.weight': 'input_blocks.11.0.emb_layers.1.weight',
  'mid_block.resnets.0.conv2.weight': 'middle_block.0.out_layers.3.weight',
  'mid_block.attentions.0.norm.weight': 'middle_block.1.norm.weight',
  'mid_block.resnets.1.norm2.bias': 'middle_block.2.out_layers.0.bias',
  'up_blocks.0.resnets.2.conv1.bias': 'output_blocks.2.0.in_layers.2.bias',
  'up_blocks.0.upsamplers.0.conv.weight': 'output_blocks.2.1.conv.weight',
  'up_blocks.1.attentions.0.proj_out.weight': 'output_blocks.3.1.proj_out.weight',
  'up_blocks.1.upsamplers.0.conv.weight': 'output_blocks.5.2.conv.weight',
  'up_blocks.2.upsamplers.0.conv.bias': 'output_blocks.8.2.conv.bias',
  'up_blocks.3.attentions.2.transformer_blocks.0.ff.net.0.proj.weight':
    'output_blocks.11.1.transformer_blocks.0.ff.net.0.proj.weight',
  'conv_norm_out.weight': 'out.0.weight',
  'conv_out.bias': 'out.2.bias',
};

describe("a UNet in diffusers' format", () => {
  it("has LDM's names", async () => {
    const names = [...new Set([...LANDMARKS, ...Object.keys(PAIRS)])];
    const shapes = Object.fromEntries(names.map((name, i) => [name, [1, i + 1]]));
    const { tensors } = await openWeights(fileOf(safetensorsWith(shapes)));
    expect(tensors.size).toBe(names.length);
    for (const [name, ldm] of Object.entries(PAIRS)) {
      // Every tensor has a shape of its own.
      expect(tensors.get(`model.diffusion_model.${ldm}`)?.shape, name).toEqual(shapes[name]);
    }
  });
});
