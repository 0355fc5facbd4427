import { describe, expect, it } from 'vitest';
import { loraPatches } from '../../../engine/lora/patches.ts';
import { pocketMotionModule } from '../../golden/models.ts';
import type { Shapes } from '../../weights/files.ts';
import { textEncoderShapes } from '../../weights/model-shapes.ts';
import { matched, motionLayer, open, pair, TEXT, UNET } from './lora-files.ts';

describe('loraPatches', () => {
  const block = 'transformer_blocks.0';
  const k = `${UNET}input_blocks.2.1.${block}.attn2.to_k.weight`;
  const out = `${UNET}input_blocks.2.1.${block}.attn1.to_out.0.weight`;
  const q = `${TEXT}encoder.layers.0.self_attn.q_proj.weight`;
  const textOut = `${TEXT}encoder.layers.0.self_attn.out_proj.weight`;
  const diffusers = 'down_blocks.0.attentions.1.transformer_blocks.0';
  it.each([
    [
      'kohya',
      k,
      'lora_unet_down_blocks_0_attentions_1_transformer_blocks_0_attn2_to_k',
      '.lora_down.weight',
      '.lora_up.weight',
      6,
      4,
    ],
    [
      'kohya with LDM names',
      k,
      'lora_unet_input_blocks_2_1_transformer_blocks_0_attn2_to_k',
      '.lora_down.weight',
      '.lora_up.weight',
      6,
      4,
    ],
    [
      'diffusers, attention processors',
      out,
      `unet.${diffusers}.attn1.processor.to_out`,
      '_lora.down.weight',
      '_lora.up.weight',
      4,
      4,
    ],
    [
      'AnimateDiff, without a prefix',
      out,
      `${diffusers}.attn1.processor.to_out`,
      '_lora.down.weight',
      '_lora.up.weight',
      4,
      4,
    ],
    ['diffusers, later', k, `unet.${diffusers}.attn2.to_k`, '.lora.down.weight', '.lora.up.weight', 6, 4],
    ['PEFT', k, `unet.${diffusers}.attn2.to_k`, '.lora_A.weight', '.lora_B.weight', 6, 4],
    [
      'PEFT with adapter name',
      k,
      `base_model.model.unet.${diffusers}.attn2.to_k`,
      '.lora_A.default.weight',
      '.lora_B.default.weight',
      6,
      4,
    ],
    [
      'kohya, text encoder',
      q,
      'lora_te_text_model_encoder_layers_0_self_attn_q_proj',
      '.lora_down.weight',
      '.lora_up.weight',
      6,
      6,
    ],
    [
      'diffusers, text encoder',
      q,
      'text_encoder.text_model.encoder.layers.0.self_attn.q_proj',
      '.lora_linear_layer.down.weight',
      '.lora_linear_layer.up.weight',
      6,
      6,
    ],
    [
      'diffusers, older text encoder',
      textOut,
      'text_encoder.text_model.encoder.layers.0.self_attn.to_out',
      '_lora.down.weight',
      '_lora.up.weight',
      6,
      6,
    ],
  ])('recognizes the names of %s', async (_, target, layer, down, up, inputs, outputs) => {
    const { patches } = await matched(pair(layer + down, layer + up, inputs, outputs));
    expect(patches).toMatchObject([{ kind: 'linear', target, scale: 1 }]);
    expect(patches[0]).toMatchObject({ down: { name: layer + down }, up: { name: layer + up } });
  });

  it('maps layers of resnets and samplers', async () => {
    const conv = (layer: string, inputs: number, outputs: number, size: number): Shapes => ({
      [`lora_unet_${layer}.lora_down.weight`]: [2, inputs, size, size],
      [`lora_unet_${layer}.lora_up.weight`]: [outputs, 2, 1, 1],
    });
    const { patches } = await matched({
      ...conv('down_blocks_1_resnets_0_conv1', 4, 8, 3),
      ...conv('down_blocks_1_resnets_0_conv_shortcut', 4, 8, 1),
      ...conv('up_blocks_0_upsamplers_0_conv', 8, 8, 3),
      ...conv('mid_block_attentions_0_proj_in', 8, 8, 1),
    });
    expect(patches.map(({ kind, target }) => [kind, target])).toEqual([
      ['conv', `${UNET}input_blocks.4.0.in_layers.2.weight`],
      ['conv', `${UNET}input_blocks.4.0.skip_connection.weight`],
      ['conv', `${UNET}output_blocks.2.1.conv.weight`],
      ['conv', `${UNET}middle_block.1.proj_in.weight`],
    ]);
  });

  it.each([
    ['AnimateDiff', `${motionLayer('mid_block')}.down.weight`, `${motionLayer('mid_block')}.up.weight`],
    [
      'diffusers',
      'unet.mid_block.motion_modules.0.transformer_blocks.0.attn1.to_q.lora_A.weight',
      'unet.mid_block.motion_modules.0.transformer_blocks.0.attn1.to_q.lora_B.weight',
    ],
    [
      'diffusers, attention processors',
      'mid_block.motion_modules.0.transformer_blocks.0.attn1.processor.to_q_lora.down.weight',
      'mid_block.motion_modules.0.transformer_blocks.0.attn1.processor.to_q_lora.up.weight',
    ],
    [
      'kohya',
      'lora_unet_mid_block_motion_modules_0_temporal_transformer_transformer_blocks_0_attention_blocks_0_to_q.lora_down.weight',
      'lora_unet_mid_block_motion_modules_0_temporal_transformer_transformer_blocks_0_attention_blocks_0_to_q.lora_up.weight',
    ],
  ])('recognizes the names of motion LoRAs of %s', async (_, down, up) => {
    const lora = await open(pair(down, up, 96, 96));
    const { patches, unmatched } = await loraPatches(lora, { motionModule: await pocketMotionModule('v2') });
    expect(unmatched).toEqual([]);
    expect(patches.map(({ target }) => target)).toEqual([
      'mid_block.motion_modules.0.temporal_transformer.transformer_blocks.0.attention_blocks.0.to_q.weight',
    ]);
  });

  it("finds layers by the names of kohya's OFT", async () => {
    const layer = 'down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q';
    const { patches } = await matched({ [`oft_unet_${layer}.oft_blocks`]: [2, 2, 2], [`oft_unet_${layer}.alpha`]: [] });
    expect(patches).toMatchObject([
      { kind: 'oft', scale: 1, target: `${UNET}input_blocks.1.1.transformer_blocks.0.attn1.to_q.weight` },
    ]);
  });

  it('recognizes text encoders whose keys lack text_model', async () => {
    const file = await open(textEncoderShapes('cond_stage_model.transformer.'));
    const layer = 'lora_te_text_model_encoder_layers_0_mlp_fc1';
    const lora = await open(pair(`${layer}.lora_down.weight`, `${layer}.lora_up.weight`, 6, 24));
    const { patches } = await loraPatches(lora, { textEncoder: file });
    expect(patches).toMatchObject([{ target: 'cond_stage_model.transformer.encoder.layers.0.mlp.fc1.weight' }]);
  });
});
