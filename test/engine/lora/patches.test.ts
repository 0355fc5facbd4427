import { describe, expect, it } from 'vitest';
import { loraPatches } from '../../../engine/lora/patches.ts';
import { openWeights } from '../../../weights/open.ts';
import { BadModelError, elementCount } from '../../../weights/tensor.ts';
import { GOLDEN_FOLDER } from '../../golden/folder.ts';
import { POCKET, POCKET_LORA, pocketMotionModule } from '../../golden/models.ts';
import { itWithGolden } from '../../golden/tests.ts';
import type { RawTensor } from '../../golden/write.ts';
import { fileOf, type Shapes, safetensorsOf, safetensorsWith } from '../../weights/files.ts';
import { fileBytes } from '../../weights/layouts/raw.ts';
import { motionShapes, textEncoderShapes, unetShapes } from '../../weights/model-shapes.ts';

const golden = (name: string) => openWeights(`${GOLDEN_FOLDER}/models/${name}`);
const open = (shapes: Shapes) => openWeights(fileOf(safetensorsWith(shapes)));
const checkpoint = () => open({ ...unetShapes(), ...textEncoderShapes() });

/** Match a LoRA of the given keys and shapes with the small checkpoint. */
async function matched(shapes: Shapes) {
  const file = await checkpoint();
  return loraPatches(await open(shapes), { unet: file, textEncoder: file });
}

const UNET = 'model.diffusion_model.';
const TEXT = 'cond_stage_model.transformer.text_model.';
const pair = (down: string, up: string, inputs: number, outputs: number): Shapes => ({
  [down]: [2, inputs],
  [up]: [outputs, 2],
});

const loha = (layer: string, inputs: number, outputs: number): Shapes => ({
  [`${layer}.hada_w1_a`]: [outputs, 2],
  [`${layer}.hada_w1_b`]: [2, inputs],
  [`${layer}.hada_w2_a`]: [outputs, 2],
  [`${layer}.hada_w2_b`]: [2, inputs],
});
const glora = (layer: string, size: number): Shapes => ({
  [`${layer}.a1.weight`]: [2, size],
  [`${layer}.a2.weight`]: [size, 2],
  [`${layer}.b1.weight`]: [2, size],
  [`${layer}.b2.weight`]: [size, 2],
});

const renamed = (shapes: Shapes, layer: string): Shapes =>
  Object.fromEntries(Object.entries(shapes).map(([key, shape]) => [key.replace('LAYER', layer), shape]));

const motionLayer = (block: string) =>
  `${block}.motion_modules.0.temporal_transformer.transformer_blocks.0.attention_blocks.0.processor.to_q_lora`;

/** A motion LoRA of one layer in each of the given blocks; `widths` are those of pocket's motion module. */
const motionLora = (widths: Readonly<Record<string, number>>) =>
  open(
    Object.fromEntries(
      Object.entries(widths).flatMap(([block, width]) => [
        [`${motionLayer(block)}.down.weight`, [2, width]],
        [`${motionLayer(block)}.up.weight`, [width, 2]],
      ]),
    ),
  );

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

  itWithGolden("divides alpha by each layer's own rank", async () => {
    const file = await golden('tiny-sd15.safetensors');
    const { patches } = await loraPatches(await golden('tiny_kohya_locon.safetensors'), {
      unet: file,
      textEncoder: file,
    });
    const scale = (ending: string) => patches.find(({ target }) => target.endsWith(ending))!.scale;
    expect(scale('attn1.to_q.weight')).toBe(2 / 4);
    expect(scale('in_layers.2.weight')).toBe(1 / 3);
    expect(scale('mlp.fc1.weight')).toBe(4 / 4);
  });

  it('scales a layer by alpha / rank, or by 1 without an alpha', async () => {
    const file = await openWeights(POCKET);
    const { patches } = await loraPatches(await openWeights(POCKET_LORA), { unet: file, textEncoder: file });
    expect(patches.map(({ scale }) => scale)).toEqual([0.5 / 4, 0.5 / 4, 0.5 / 4, 0.5 / 4]);
    const motionModule = await pocketMotionModule('v2');
    const motion = await loraPatches(await motionLora({ 'down_blocks.0': 64, mid_block: 96 }), { motionModule });
    expect(motion.patches.map(({ scale }) => scale)).toEqual([1, 1]);
  });

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

  it('explains a LoRA of which nothing is supported', async () => {
    const layer = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q';
    await expect(matched({ [`${layer}.oft_blocks`]: [2, 2, 2, 2] })).rejects.toThrow(
      /uses BOFT, which is not supported/,
    );
  });

  it.each([
    [{ 'unet.r': 2, 'unet.lora_alpha': 1 }, 0.5],
    [{ 'unet.lora_alpha': 4, 'text_encoder.lora_alpha': 1 }, 2],
    [{ 'unet.lora_alpha': 1, 'unet.alpha_pattern': { 'attn1.to_q': 6 } }, 3],
    [{ 'unet.lora_alpha': 1, 'unet.alpha_pattern': { 'attn1.to_k': 6 } }, 0.5],
    [{ 'unet.lora_alpha': 2, 'unet.use_rslora': true }, Math.SQRT2],
    [{ 'text_encoder.lora_alpha': 8 }, 1],
  ])('takes alpha from %j', async (adapter, scale) => {
    const layer = 'unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q';
    const shapes = pair(`${layer}.lora_A.weight`, `${layer}.lora_B.weight`, 4, 4);
    const metadata = { lora_adapter_metadata: JSON.stringify(adapter) };
    const lora = await openWeights(fileOf(safetensorsWith(shapes, { metadata })));
    const { patches } = await loraPatches(lora, { unet: await checkpoint() });
    expect(patches.map((patch) => patch.scale)).toEqual([expect.closeTo(scale)]);
  });

  it('reports metadata of an adapter that cannot be read', async () => {
    const layer = 'unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q';
    const shapes = pair(`${layer}.lora_A.weight`, `${layer}.lora_B.weight`, 4, 4);
    const lora = await openWeights(fileOf(safetensorsWith(shapes, { metadata: { lora_adapter_metadata: '{' } })));
    await expect(loraPatches(lora, { unet: await checkpoint() })).rejects.toThrow(
      /lora_adapter_metadata cannot be read/,
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

  it.each<[string, Shapes, number]>([
    ['alone', {}, 1],
    ['with alpha', { 'LAYER.alpha': [] }, 0.25],
  ])('multiplies by the scalar of LyCORIS, %s', async (_, more, scale) => {
    const layer = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q';
    const shapes = { ...loha(layer, 4, 4), [`${layer}.scalar`]: [], ...renamed(more, layer) };
    const values = { scalar: 0.75, alpha: 0.5 };
    const tensors = Object.entries(shapes).map(([name, shape]): [string, RawTensor] => {
      const value = values[name.slice(layer.length + 1) as keyof typeof values] ?? 1;
      const bytes = new Uint8Array(new Float32Array(elementCount(shape)).fill(value).buffer);
      return [name, { dtype: 'F32', shape, bytes }];
    });
    const { patches, ...rest } = await loraPatches(await openWeights(fileOf(fileBytes(new Map(tensors)))), {
      unet: await checkpoint(),
    });
    expect(rest).toEqual({ unmatched: [], misfits: [], others: [], unsupported: [] });
    expect(patches.map((patch) => patch.scale)).toEqual([0.75 * scale]);
  });

  it("finds layers by the names of kohya's OFT", async () => {
    const layer = 'down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q';
    const { patches } = await matched({ [`oft_unet_${layer}.oft_blocks`]: [2, 2, 2], [`oft_unet_${layer}.alpha`]: [] });
    expect(patches).toMatchObject([
      { kind: 'oft', scale: 1, target: `${UNET}input_blocks.1.1.transformer_blocks.0.attn1.to_q.weight` },
    ]);
  });

  it('rejects an alpha that is not a number', async () => {
    const layer = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q';
    const bytes = new Uint8Array(34);
    bytes.set([0x00, 0x7e], 32);
    const header = {
      [`${layer}.lora_down.weight`]: { dtype: 'F16', shape: [2, 4], data_offsets: [0, 16] },
      [`${layer}.lora_up.weight`]: { dtype: 'F16', shape: [4, 2], data_offsets: [16, 32] },
      [`${layer}.alpha`]: { dtype: 'F16', shape: [], data_offsets: [32, 34] },
    };
    const lora = await openWeights(fileOf(safetensorsOf(header, bytes)));
    await expect(loraPatches(lora, { unet: await checkpoint() })).rejects.toThrow(/alpha" is not a number/);
  });

  it('rejects targets without the component', async () => {
    const lora = await openWeights(POCKET_LORA);
    const motionModule = await open(motionShapes(['mid_block'], 32));
    await expect(loraPatches(lora, { unet: motionModule })).rejects.toThrow(/has no UNet/);
    await expect(loraPatches(lora, { textEncoder: motionModule })).rejects.toThrow(/has no text encoder/);
  });

  it('recognizes text encoders whose keys lack text_model', async () => {
    const file = await open(textEncoderShapes('cond_stage_model.transformer.'));
    const layer = 'lora_te_text_model_encoder_layers_0_mlp_fc1';
    const lora = await open(pair(`${layer}.lora_down.weight`, `${layer}.lora_up.weight`, 6, 24));
    const { patches } = await loraPatches(lora, { textEncoder: file });
    expect(patches).toMatchObject([{ target: 'cond_stage_model.transformer.encoder.layers.0.mlp.fc1.weight' }]);
  });
});
