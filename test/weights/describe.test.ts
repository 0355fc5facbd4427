import { describe, expect, it } from 'vitest';
import { describeModel, embeddingTensors } from '../../weights/describe.ts';
import { describeText } from '../../weights/describe-text.ts';
import { openWeights } from '../../weights/open.ts';
import { GOLDEN_FOLDER } from '../golden/folder.ts';
import { NANO, POCKET, POCKET_LORA, pocketMotionModule } from '../golden/models.ts';
import { itWithGolden } from '../golden/tests.ts';
import { fileOf, type Shapes, safetensorsWith } from './files.ts';
import { motionShapes, prefixed, textEncoderShapes, unetShapes, VAE_SHAPES } from './model-shapes.ts';

const open = (shapes: Shapes, metadata: Record<string, string> = {}) =>
  openWeights(fileOf(safetensorsWith(shapes, { dtype: 'U8', metadata })));
const described = async (shapes: Shapes, metadata?: Record<string, string>) =>
  describeModel(await open(shapes, metadata));
const golden = async (name: string) => describeModel(await openWeights(`${GOLDEN_FOLDER}/models/${name}`));

describe('describeModel', () => {
  it('recognizes a checkpoint by its structure, at any width', async () => {
    expect(describeModel(await openWeights(POCKET))).toEqual({
      kind: 'checkpoint',
      family: 'sd1',
      inputChannels: 4,
      channels: [64, 96, 96, 96],
      contextWidth: 128,
      hasTextEncoder: true,
      textEncoder: { width: 128, layers: 2 },
      vaeChannels: 32,
      nativeSize: [128, 128],
    });
    expect(describeModel(await openWeights(NANO))).toMatchObject({
      channels: [32, 32, 32, 32],
      contextWidth: 64,
      vaeChannels: 32,
      nativeSize: null,
    });
    expect(await described(unetShapes({ prefix: '' }))).toMatchObject({
      channels: [4, 8],
      hasTextEncoder: false,
      vaeChannels: null,
    });
  });

  itWithGolden('recognizes checkpoints of the full reference set', async () => {
    expect(await golden('tiny-sd15.safetensors')).toMatchObject({ kind: 'checkpoint', channels: [32, 32, 64, 64] });
    expect(await golden('nano-sd15-bf16-novae.safetensors')).toMatchObject({ contextWidth: 64, vaeChannels: null });
  });

  it('reads the native size from metadata', async () => {
    const size = async (resolution: string) =>
      (await described(unetShapes(), { 'modelspec.resolution': resolution })) as { nativeSize: unknown };
    expect((await size('512x768')).nativeSize).toEqual([512, 768]);
    expect((await size('0x768')).nativeSize).toBeNull();
    expect((await size('large')).nativeSize).toBeNull();
  });

  it('distinguishes other families, and inpainting models', async () => {
    const sizes = { 'model.diffusion_model.label_emb.0.0.weight': [16, 4] };
    expect(await described(unetShapes({ linear: true }))).toMatchObject({ family: 'sd2' });
    expect(await described({ ...unetShapes({ linear: true }), ...sizes })).toMatchObject({ family: 'sdxl' });
    expect(await described(unetShapes({ inputChannels: 9 }))).toMatchObject({ family: 'sd1', inputChannels: 9 });
  });

  it.each([
    ['v1', 24],
    ['v2', 32],
    ['v3', 32],
  ] as const)('recognizes a motion module in the layout of %s', async (version, positions) => {
    expect(describeModel(await pocketMotionModule(version))).toEqual({ kind: 'motion-module', version, positions });
  });

  itWithGolden.each([
    ['tiny_mm_sd_v15.ckpt', 'v1', 24],
    ['tiny_mm_sd_v15_v2.safetensors', 'v2', 32],
    ['tiny_v3_sd15_mm.safetensors', 'v3', 32],
    ['tiny_mm_sdxl_v10_beta.safetensors', 'sdxl', 32],
    ['tiny_hsxl_temporal_layers.safetensors', 'hotshot-xl', 24],
  ])('recognizes %s', async (name, version, positions) => {
    expect(await golden(name)).toEqual({ kind: 'motion-module', version, positions });
  });

  it('recognizes motion modules with other numbers of positions, or no table of positions', async () => {
    expect(await described(motionShapes(['down_blocks.3'], 16))).toMatchObject({ version: 'v1', positions: 16 });
    expect(await described(motionShapes(['mid_block', 'down_blocks.3'], null))).toMatchObject({
      version: 'v2',
      positions: 64,
    });
    const hotShot = (blocks: readonly string[]) =>
      Object.fromEntries(
        Object.entries(motionShapes(blocks, null)).map(([name, shape]) => [
          name.replace('.motion_modules.0.temporal_transformer.', '.temporal_attentions.0.'),
          shape,
        ]),
      );
    expect(await described(hotShot(['down_blocks.2']))).toMatchObject({ version: 'hotshot-xl', positions: 24 });
    expect(await described(hotShot(['mid_block', 'down_blocks.3']))).toMatchObject({ version: 'v2', positions: 24 });
  });

  it('recognizes LoRAs', async () => {
    expect(describeModel(await openWeights(POCKET_LORA))).toEqual({
      kind: 'lora',
      family: 'unknown',
      naming: 'kohya',
      rank: 4,
      unet: true,
      textEncoder: true,
      convolutions: true,
    });
    const layer = 'motion_modules.0.temporal_transformer.transformer_blocks.0.attention_blocks.0.processor.to_q_lora';
    const motionLora = (block: string) => ({ [`${block}.${layer}.down.weight`]: [6, 8] });
    expect(await described(motionLora('down_blocks.0'))).toEqual({ kind: 'motion-lora', rank: 6, hasMidBlock: false });
    expect(await described({ ...motionLora('down_blocks.0'), ...motionLora('mid_block') })).toEqual({
      kind: 'motion-lora',
      rank: 6,
      hasMidBlock: true,
    });
  });

  const attention = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k';
  it.each<[string, Shapes, readonly string[], number]>([
    [
      'LoHa',
      { '.hada_w1_a': [8, 2], '.hada_w1_b': [2, 768], '.hada_w2_a': [8, 2], '.hada_w2_b': [2, 768] },
      ['LoHa'],
      2,
    ],
    ['LoKr', { '.lokr_w1': [2, 2], '.lokr_w2_a': [4, 3], '.lokr_w2_b': [3, 384] }, ['LoKr'], 3],
    ['LoKr without factors', { '.lokr_w1': [2, 2], '.lokr_w2': [4, 384] }, ['LoKr'], 0],
    ['(IA)³', { '.weight': [8, 1], '.on_input': [] }, ['(IA)³'], 0],
    [
      'GLoRA',
      { '.a1.weight': [4, 768], '.a2.weight': [768, 4], '.b1.weight': [4, 768], '.b2.weight': [8, 4] },
      ['GLoRA'],
      4,
    ],
    ['OFT', { '.oft_blocks': [2, 4, 4] }, ['OFT'], 0],
    ["PEFT's OFT", { '.oft_R.weight': [4, 6] }, ['OFT'], 0],
    ['full differences', { '.diff': [8, 768], '.diff_b': [8] }, ['full differences'], 0],
    ['DoRA', { '.lora_down.weight': [4, 768], '.lora_up.weight': [8, 4], '.dora_scale': [1, 768] }, ['DoRA'], 4],
  ])('recognizes the kind of a LoRA: %s', async (_, parts, methods, rank) => {
    const model = await described(
      Object.fromEntries(Object.entries(parts).map(([end, shape]) => [attention + end, shape])),
    );
    expect(model).toMatchObject({ kind: 'lora', methods, rank, unet: true, textEncoder: false });
    expect(describeText(model)).toContain(`LoRA (${methods[0]})`);
    expect(describeText(model).includes('rank')).toBe(rank > 0);
  });

  itWithGolden('recognizes LoRAs of the full reference set', async () => {
    expect(await golden('tiny_v2_lora_A.safetensors')).toEqual({ kind: 'motion-lora', rank: 4, hasMidBlock: true });
    expect(await golden('tiny_v2_lora_B.ckpt')).toEqual({ kind: 'motion-lora', rank: 6, hasMidBlock: false });
    expect(await golden('tiny_kohya_locon.safetensors')).toEqual({
      kind: 'lora',
      family: 'sd1',
      naming: 'kohya',
      rank: 4,
      unet: true,
      textEncoder: true,
      convolutions: true,
    });
    expect(await golden('tiny_v3_sd15_adapter.ckpt')).toMatchObject({
      naming: 'diffusers',
      unet: true,
      textEncoder: false,
      convolutions: false,
    });
  });

  it.each([
    [{ 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight': [2, 768] }, {}, 'sd1'],
    [{ 'unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_v.lora_A.weight': [2, 1024] }, {}, 'sd2'],
    [
      { 'unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.processor.to_v_lora.down.weight': [2, 2048] },
      {},
      'sdxl',
    ],
    [{ 'lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_down.weight': [2, 8] }, {}, 'sdxl'],
    [
      { 'lora_te_text_model_encoder_layers_0_mlp_fc1.lora_down.weight': [2, 8] },
      { ss_base_model_version: 'sd_v2' },
      'sd2',
    ],
    [{ 'lora_te_text_model_encoder_layers_0_mlp_fc1.hada_w1_b': [2, 8] }, {}, 'unknown'],
  ] as [Shapes, Record<string, string>, string][])(
    'recognizes the family of LoRA %j',
    async (shapes, metadata, family) => {
      expect(await described(shapes, metadata)).toMatchObject({ kind: 'lora', family });
    },
  );

  itWithGolden('recognizes a VAE and ControlNets of the full reference set', async () => {
    expect(await golden('nano-sd15-vae-fp32.safetensors')).toEqual({ kind: 'vae' });
    expect(await golden('tiny_control_canny.safetensors')).toEqual({ kind: 'controlnet', family: 'sd1' });
    expect(await golden('tiny_control_depth.safetensors')).toEqual({ kind: 'controlnet', family: 'sd1' });
  });

  it('recognizes a VAE and an embedding', async () => {
    expect(await described(VAE_SHAPES)).toMatchObject({ kind: 'vae' });
    expect(await described(prefixed(VAE_SHAPES, 'first_stage_model.'))).toMatchObject({ kind: 'vae' });
    expect(await described({ emb_params: [3, 8] })).toEqual({ kind: 'embedding', vectors: 3, width: 8 });
    expect(await described({ '<cat>': [8] })).toEqual({ kind: 'embedding', vectors: 1, width: 8 });
  });

  it.each<[string, Shapes, readonly number[]]>([
    ["A1111's .pt", { 'string_to_token.*': [], 'string_to_param.*': [2, 8] }, [2, 8]],
    ["LDM's, of another token", { 'string_to_token.<cat>': [], 'string_to_param.<cat>': [3, 8] }, [3, 8]],
    ["A1111's .safetensors", { emb_params: [4, 8] }, [4, 8]],
    ["diffusers', of one vector", { '<cat>': [8] }, [1, 8]],
    ["diffusers', of several vectors", { '<cat>': [8], '<cat>_1': [8], '<cat>_2': [8] }, [3, 8]],
    ["diffusers', of several tokens", { '<s0>': [2, 8], '<s1>': [8] }, [3, 8]],
    ["ComfyUI's clip_l alone", { clip_l: [5, 8] }, [5, 8]],
  ])('finds the vectors of an embedding: %s', async (_, shapes, [vectors, width]) => {
    const file = await open(shapes);
    expect(describeModel(file)).toEqual({ kind: 'embedding', vectors, width });
    const rows = embeddingTensors(file)!.map(({ shape }) => (shape.length === 1 ? 1 : shape[0]!));
    expect(rows.reduce((sum, count) => sum + count)).toBe(vectors);
  });

  it('does not take other tensors for an embedding', async () => {
    expect(await described({ clip_l: [2, 768], clip_g: [2, 1280] })).toMatchObject({
      kind: 'unsupported',
      what: expect.stringContaining('SDXL'),
    });
    expect(await described({ '<cat>': [8], '<dog>': [9] })).toMatchObject({ kind: 'unknown' });
    expect(await described({ cat: [8], dog: [8] })).toMatchObject({ kind: 'unknown' });
  });

  it('lists some keys of an unknown file', async () => {
    const shapes = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`layer.${i}`, [1, 2]]));
    expect(await described(shapes)).toEqual({
      kind: 'unknown',
      sampleKeys: ['layer.0', 'layer.1', 'layer.2', 'layer.3', 'layer.4'],
    });
  });

  it('recognizes a text encoder alone', async () => {
    const model = await described(textEncoderShapes());
    expect(model).toMatchObject({ kind: 'text-encoder' });
    expect(describeText(model)).toMatch(/^CLIP text encoder, width \d+$/);
  });
});

describe('describeText', () => {
  itWithGolden.each([
    ['tiny-sd15.safetensors', 'Stable Diffusion 1 checkpoint with text encoder and VAE'],
    ['tiny_v3_sd15_mm.safetensors', 'AnimateDiff v3 motion module, up to 32 frames in a context'],
    ['tiny_v2_lora_A.safetensors', 'Motion LoRA, rank 4'],
    ['tiny_kohya_locon.safetensors', 'LoRA with convolutions (Stable Diffusion 1), rank 4, for UNet and text encoder'],
    ['nano-sd15-vae-fp32.safetensors', 'VAE'],
    ['tiny_control_depth.safetensors', 'ControlNet (Stable Diffusion 1)'],
  ])('describes %s', async (name, text) => {
    expect(describeText(await golden(name))).toBe(text);
  });

  it('describes the details of a checkpoint', async () => {
    const model = await described(unetShapes({ inputChannels: 9 }), { 'modelspec.resolution': '512x512' });
    expect(describeText(model)).toBe('Stable Diffusion 1 inpainting checkpoint UNet only, for 512×512');
    const editing = await described(unetShapes({ inputChannels: 8 }));
    expect(describeText(editing)).toBe('Stable Diffusion 1 InstructPix2Pix checkpoint UNet only (not supported)');
  });

  it('counts vectors', () => {
    expect(describeText({ kind: 'embedding', vectors: 1, width: 768 })).toBe('Embedding of 1 vector, width 768');
    expect(describeText({ kind: 'embedding', vectors: 8, width: 768 })).toBe('Embedding of 8 vectors, width 768');
  });
});
