import { describe, expect, it } from 'vitest';
import { loraPatches } from '../../../engine/lora/patches.ts';
import { openWeights } from '../../../weights/open.ts';
import { BadModelError } from '../../../weights/tensor.ts';
import { POCKET, POCKET_LORA, pocketMotionModule } from '../../golden/models.ts';
import { itWithGolden } from '../../golden/tests.ts';
import type { Shapes } from '../../weights/files.ts';
import { motionShapes, unetShapes } from '../../weights/model-shapes.ts';
import { glora, golden, loha, matched, motionLayer, motionLora, open, pair, UNET } from './lora-files.ts';

describe('loraPatches', () => {
  itWithGolden.each([
    ['tiny_kohya_locon.safetensors', 295],
    ['tiny_v2_lora_A.safetensors', 168],
    ['tiny_v2_lora_B.ckpt', 160],
    ['tiny_v3_sd15_adapter.ckpt', 128],
  ])('finds a different weight for each layer of %s', async (name, layers) => {
    const file = await golden('tiny-sd15.safetensors');
    const motionModule = await golden('tiny_mm_sd_v15_v2.safetensors');
    const lora = await golden(name);
    const { patches, unmatched, misfits } = await loraPatches(lora, { unet: file, textEncoder: file, motionModule });
    expect({ unmatched, misfits }).toEqual({ unmatched: [], misfits: [] });
    expect(new Set(patches.map(({ target }) => target)).size).toBe(layers);
    for (const { component, target } of patches) {
      expect((component === 'motionModule' ? motionModule : file).tensors.has(target)).toBe(true);
    }
  });

  it('accepts a matrix for a 1×1 convolution', async () => {
    const layer = 'unet.mid_block.attentions.0.proj_in';
    const { patches } = await matched(pair(`${layer}.lora_A.weight`, `${layer}.lora_B.weight`, 8, 8));
    expect(patches).toMatchObject([{ kind: 'linear', target: `${UNET}middle_block.1.proj_in.weight` }]);
  });

  it('accepts CP-decomposed convolutions and LoHa', async () => {
    const conv = 'lora_unet_down_blocks_0_resnets_0_conv2';
    const loha = 'lora_unet_down_blocks_0_resnets_1_conv2';
    const { patches } = await matched({
      [`${conv}.lora_down.weight`]: [2, 4, 1, 1],
      [`${conv}.lora_mid.weight`]: [2, 2, 3, 3],
      [`${conv}.lora_up.weight`]: [4, 2, 1, 1],
      [`${loha}.hada_w1_a`]: [4, 2],
      [`${loha}.hada_w1_b`]: [2, 36],
      [`${loha}.hada_w2_a`]: [4, 2],
      [`${loha}.hada_w2_b`]: [2, 36],
    });
    expect(patches).toMatchObject([
      { kind: 'conv', mid: { shape: [2, 2, 3, 3] } },
      { kind: 'loha', w1a: { shape: [4, 2] }, w2b: { shape: [2, 36] } },
    ]);
  });

  it('ignores layers of components that are not requested', async () => {
    const file = await openWeights(POCKET);
    const lora = await openWeights(POCKET_LORA);
    const text = await loraPatches(lora, { textEncoder: file });
    const unet = await loraPatches(lora, { unet: file });
    expect(new Set(text.patches.map(({ component }) => component))).toEqual(new Set(['textEncoder']));
    expect(new Set(unet.patches.map(({ component }) => component))).toEqual(new Set(['unet']));
    expect([text.patches.length, unet.patches.length]).toEqual([1, 3]);
    expect(text.unmatched).toEqual([]);
    expect(await loraPatches(await motionLora({ mid_block: 96 }), { unet: file })).toMatchObject({
      patches: [],
      unmatched: [],
      misfits: [],
    });
  });

  it('reports layers that are missing, unsupported, incomplete or of another shape', async () => {
    const layer = (name: string, inputs = 4) =>
      pair(`lora_unet_${name}.lora_down.weight`, `lora_unet_${name}.lora_up.weight`, inputs, 4);
    const attention = 'down_blocks_0_attentions_0_transformer_blocks_0_attn1';
    const { patches, unmatched, misfits } = await matched({
      ...layer(`${attention}_to_q`),
      ...layer('down_blocks_7_attentions_0_transformer_blocks_0_attn1_to_q'),
      ...layer(`${attention}_to_k`),
      [`lora_unet_${attention}_to_k.vera_lambda_d`]: [4],
      [`lora_unet_${attention}_to_out_0.lora_up.weight`]: [4, 2],
      ...layer('down_blocks_0_attentions_1_transformer_blocks_0_attn2_to_k', 5),
    });
    expect(patches).toHaveLength(1);
    expect(unmatched).toEqual([
      'lora_unet_down_blocks_7_attentions_0_transformer_blocks_0_attn1_to_q',
      `lora_unet_${attention}_to_k`,
      `lora_unet_${attention}_to_out_0`,
    ]);
    expect(misfits).toEqual(['lora_unet_down_blocks_0_attentions_1_transformer_blocks_0_attn2_to_k']);
  });

  it.each<[string, Shapes, string | null]>([
    ["PEFT's OFT of another size", { 'LAYER.oft_R.weight': [4, 1] }, null],
    ["PEFT's OFT of no size", { 'LAYER.oft_R.weight': [2, 2] }, null],
    ["PEFT's old OFT", { 'LAYER.oft_r': [2, 2, 2] }, "PEFT's OFT before version 0.16"],
    ['VeRA', { 'LAYER.vera_lambda_d': [4] }, 'VeRA'],
    ['BOFT', { 'LAYER.oft_blocks': [2, 2, 2, 2] }, 'BOFT'],
    [
      'LoKr with two Tucker decompositions',
      { 'LAYER.lokr_w1': [2, 2], 'LAYER.lokr_t1': [2, 2, 1, 1], 'LAYER.lokr_w2': [2, 2] },
      'LoKr with two Tucker decompositions',
    ],
    ['a scalar alone', { 'LAYER.scalar': [] }, null],
    ['a magnitude alone', { 'LAYER.dora_scale': [1, 4] }, null],
    [
      'a magnitude of another size',
      { ...pair('LAYER.lora_down.weight', 'LAYER.lora_up.weight', 4, 4), 'LAYER.dora_scale': [1, 3] },
      null,
    ],
    [
      'a bias of another size',
      { ...pair('LAYER.lora_down.weight', 'LAYER.lora_up.weight', 4, 4), 'LAYER.diff_b': [3] },
      null,
    ],
    ['a bias that the layer does not have', { 'LAYER.diff_b': [4] }, null],
    ['one Tucker decomposition of two', { ...loha('LAYER', 4, 4), 'LAYER.hada_t1': [2, 2, 1, 1] }, null],
    ["Kronecker's product of another size", { 'LAYER.lokr_w1': [2, 2], 'LAYER.lokr_w2': [2, 3] }, null],
    ['factors of another size', { 'LAYER.weight': [3, 1], 'LAYER.on_input': [] }, null],
    ['a difference of another shape', { 'LAYER.diff': [4, 5] }, null],
    ['GLoRA of another size', glora('LAYER', 5), null],
    ['a rotation of another size', { 'LAYER.oft_blocks': [3, 2, 2] }, null],
    ['rank 0', { 'LAYER.lora_down.weight': [0, 4], 'LAYER.lora_up.weight': [4, 0] }, null],
    ['an odd shape', { 'LAYER.lora_down.weight': [2, 4, 1], 'LAYER.lora_up.weight': [5, 2] }, null],
    ['up without down', { 'LAYER.lora_up.weight': [4, 2] }, null],
    ['an unknown part', { 'LAYER.surprise': [4] }, null],
    [
      'a part for the motion module',
      pair(`${motionLayer('mid_block')}.down.weight`, `${motionLayer('mid_block')}.up.weight`, 4, 4),
      null,
    ],
  ])('drops nothing in silence: %s', async (_, shapes, feature) => {
    const attention = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1';
    const used = pair(`${attention}_to_q.lora_down.weight`, `${attention}_to_q.lora_up.weight`, 4, 4);
    const named = Object.entries(shapes).map(([key, shape]) => [key.replace('LAYER', `${attention}_to_k`), shape]);
    const { patches, unmatched, misfits, others, unsupported } = await matched({
      ...used,
      ...Object.fromEntries(named),
    });
    expect(patches.filter(({ target }) => target.endsWith('to_q.weight'))).toHaveLength(1);
    expect([...unmatched, ...misfits, ...others]).toHaveLength(1);
    expect(unsupported).toEqual(feature === null ? [] : [feature]);
  });

  it.each<[string, Shapes, readonly string[]]>([
    ['LoHa', loha('LAYER', 4, 4), ['loha']],
    ['LoKr', { 'LAYER.lokr_w1_a': [2, 1], 'LAYER.lokr_w1_b': [1, 2], 'LAYER.lokr_w2': [2, 2] }, ['lokr']],
    ['(IA)³', { 'LAYER.weight': [1, 4], 'LAYER.on_input': [] }, ['ia3']],
    ['GLoRA', glora('LAYER', 4), ['glora']],
    ['a full difference', { 'LAYER.diff': [4, 4] }, ['full']],
    ['OFT', { 'LAYER.oft_blocks': [2, 2, 2], 'LAYER.rescale': [4, 1] }, ['oft']],
    ["PEFT's OFT", { 'LAYER.oft_R.default.weight': [2, 1] }, ['oft']],
    ["PEFT's OFT with one block for all", { 'LAYER.oft_R.weight': [1, 1] }, ['oft']],
    [
      'DoRA of PEFT',
      {
        ...pair('LAYER.lora_A.weight', 'LAYER.lora_B.weight', 4, 4),
        'LAYER.lora_magnitude_vector.default.weight': [4],
      },
      ['linear'],
    ],
    ['a bias', { 'LAYER.diff_b': [4] }, ['full']],
    [
      'a weight with its bias',
      { ...pair('LAYER.lora_down.weight', 'LAYER.lora_up.weight', 4, 4), 'LAYER.diff_b': [4] },
      ['linear', 'full'],
    ],
    [
      'a bias of PEFT',
      { ...pair('LAYER.lora_A.weight', 'LAYER.lora_B.weight', 4, 4), 'LAYER.lora_B.bias': [4] },
      ['linear', 'full'],
    ],
  ])('supports %s', async (_, shapes, kinds) => {
    const base = { ...unetShapes(), [`${UNET}input_blocks.1.1.transformer_blocks.0.attn1.to_out.0.bias`]: [4] };
    const named = Object.entries(shapes).map(([key, shape]) => [
      key.replace('LAYER', 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_out_0'),
      shape,
    ]);
    const { patches, ...rest } = await loraPatches(await open(Object.fromEntries(named)), { unet: await open(base) });
    expect(rest).toEqual({ unmatched: [], misfits: [], others: [], unsupported: [] });
    expect(patches.map(({ kind }) => kind)).toEqual(kinds);
  });

  it('supports normalization layers', async () => {
    const base = {
      ...unetShapes(),
      [`${UNET}input_blocks.1.1.norm.weight`]: [4],
      [`${UNET}input_blocks.1.1.norm.bias`]: [4],
    };
    const layer = 'lora_unet_down_blocks_0_attentions_0_norm';
    const lora = await open({ [`${layer}.w_norm`]: [4], [`${layer}.b_norm`]: [4] });
    const { patches } = await loraPatches(lora, { unet: await open(base) });
    expect(patches.map(({ target }) => target)).toEqual([
      `${UNET}input_blocks.1.1.norm.weight`,
      `${UNET}input_blocks.1.1.norm.bias`,
    ]);
  });

  it('explains a LoRA of which nothing is supported', async () => {
    const layer = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q';
    await expect(matched({ [`${layer}.oft_blocks`]: [2, 2, 2, 2] })).rejects.toThrow(
      /uses BOFT, which is not supported/,
    );
  });

  it('reports the middle block of a motion LoRA that the module does not have', async () => {
    const lora = await motionLora({ 'down_blocks.0': 64, mid_block: 96 });
    const { unmatched, patches } = await loraPatches(lora, { motionModule: await pocketMotionModule('v3') });
    expect(patches).toHaveLength(1);
    expect(unmatched).toHaveLength(1);
    expect(unmatched[0]).toMatch(/^mid_block\./);
  });

  it.each([
    ['a down matrix of another width', [2, 5], [4, 2]],
    ['an up matrix of another rank', [2, 4], [4, 3]],
    ['a kernel that the weight does not have', [2, 4, 3, 3], [4, 2, 1, 1]],
    ['an up convolution that is not 1×1', [2, 4, 1, 1], [4, 2, 3, 3]],
    ['a vector', [4], [4, 2]],
    ['rank 0', [0, 4], [4, 0]],
  ])('rejects a LoRA whose only layer has %s', async (_, down, up) => {
    const layer = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q';
    const rejection = matched({ [`${layer}.lora_down.weight`]: down, [`${layer}.lora_up.weight`]: up });
    await expect(rejection).rejects.toThrow(BadModelError);
    await expect(rejection).rejects.toThrow(
      /0 of its layers do not exist in the model, and 1 have another shape \(the first: lora_unet_down/,
    );
  });

  it('rejects targets without the component', async () => {
    const lora = await openWeights(POCKET_LORA);
    const motionModule = await open(motionShapes(['mid_block'], 32));
    await expect(loraPatches(lora, { unet: motionModule })).rejects.toThrow(/has no UNet/);
    await expect(loraPatches(lora, { textEncoder: motionModule })).rejects.toThrow(/has no text encoder/);
  });
});
