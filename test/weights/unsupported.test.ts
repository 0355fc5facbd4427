import { describe, expect, it } from 'vitest';
import { describeModel } from '../../weights/describe.ts';
import { loraLayers } from '../../weights/describe-lora.ts';
import { describeText } from '../../weights/describe-text.ts';
import { openWeights } from '../../weights/open.ts';
import { type Family, namesOfFile, namesOfLayers, UNSUPPORTED_FAMILIES } from '../../weights/unsupported.ts';
import { fileOf, type Shapes, safetensorsWith } from './files.ts';
import { motionShapes, prefixed, unetShapes, VAE_SHAPES } from './model-shapes.ts';
import { dict, global, int, ops, pickle, text, torchZip, tuple } from './torch-files.ts';

const described = async (shapes: Shapes, dtype: 'U8' | 'F8_E4M3' = 'U8') =>
  describeModel(await openWeights(fileOf(safetensorsWith(shapes, { dtype }))));

const VAE = prefixed(VAE_SHAPES, 'first_stage_model.');
const V2 = motionShapes(['mid_block', 'down_blocks.3'], 32);
const LDM = 'model.diffusion_model.';
const one = (...names: string[]): Shapes => Object.fromEntries(names.map((name) => [name, [2, 2]]));
const sdxl = (context: number): Shapes => ({
  ...unetShapes({ linear: true, context }),
  [`${LDM}label_emb.0.0.weight`]: [16, 4],
});

/** As the header of a file lists them. */
const tensorsOf = (shapes: Shapes) =>
  new Map(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      { name, shape, file: '', dtype: 'U8' as const, offset: 0, length: 0 },
    ]),
  );

/** A ControlNet's part of the UNet, and one of its residuals. */
const controlNet = (shape: Parameters<typeof unetShapes>[0]): Shapes => {
  const prefix = 'control_model.';
  const unet = Object.entries(unetShapes({ ...shape, prefix }));
  return {
    ...Object.fromEntries(unet.filter(([name]) => !/\.(?:output_blocks|out)\./.test(name))),
    ...one(`${prefix}zero_convs.0.0.weight`),
  };
};

/** Real names of tensors, by what the file is. */
const MODELS: readonly (readonly [string, Shapes])[] = [
  ['Stable Diffusion 3', { ...one(`${LDM}joint_blocks.0.context_block.attn.qkv.weight`), ...VAE }],
  ['Stable Diffusion 3', one('joint_blocks.23.x_block.attn.qkv.weight', 'x_embedder.proj.weight')],
  ['Stable Diffusion 3', one('transformer_blocks.0.attn.add_q_proj.weight', 'pos_embed.proj.weight')],
  ['Flux', one('double_blocks.0.img_attn.norm.key_norm.scale', 'img_in.weight')],
  ['Flux', { ...one(`${LDM}single_blocks.37.linear1.weight`), ...VAE }],
  ['Flux', one('transformer_blocks.0.attn.add_q_proj.weight', 'single_transformer_blocks.0.attn.to_q.weight')],
  ['Flux.2', one('double_stream_modulation_img.lin.weight', 'double_blocks.0.img_attn.norm.key_norm.scale')],
  ['Chroma', one('distilled_guidance_layer.norms.0.scale', 'double_blocks.0.img_attn.norm.key_norm.scale')],
  [
    'Stable Video Diffusion',
    { ...sdxl(1024), ...one(`${LDM}input_blocks.1.1.time_stack.0.attn1.to_q.weight`), ...VAE },
  ],
  ['Stable Video Diffusion', { ...sdxl(6), ...one(`${LDM}input_blocks.1.0.time_mixer.mix_factor`) }],
  ['unCLIP', { ...sdxl(1024), ...one('embedder.model.visual.conv1.weight') }],
  ['unCLIP', sdxl(1024)],
  ['x4 upscaler', { ...unetShapes({ linear: true, inputChannels: 7 }), ...one(`${LDM}label_emb.weight`) }],
  [
    'VideoCrafter',
    { ...unetShapes(), ...one(`${LDM}input_blocks.1.0.temopral_conv.conv4.3.bias`, `${LDM}fps_embedding.0.weight`) },
  ],
  ['Zero123', { ...unetShapes({ inputChannels: 8 }), ...one('cc_projection.weight', 'cc_projection.bias') }],
  ['MotionCtrl', one('down_blocks.0.motion_modules.0.temporal_transformer.transformer_blocks.0.cc_projection.weight')],
  ['MotionCtrl', { ...one('body.0.block1.weight', 'body.2.in_conv.weight'), 'conv_in.weight': [320, 128, 3, 3] }],
  [
    "UNet with a motion module in diffusers' format",
    {
      ...one('conv_in.weight', 'down_blocks.0.resnets.0.conv1.weight'),
      ...one('down_blocks.0.motion_modules.0.transformer_blocks.0.attn1.to_q.weight'),
    },
  ],
  [
    "UNet with a motion module in diffusers' format",
    { ...V2, ...one('conv_in.weight', 'down_blocks.0.resnets.0.conv1.weight', 'mid_block.resnets.0.conv1.weight') },
  ],
  ['PhotoMaker', one('id_encoder.visual_projection_2.weight', 'id_encoder.fuse_module.mlp1.fc1.weight')],
  [
    'IP-Adapter',
    one(
      'down_blocks.0.attentions.0.transformer_blocks.0.attn2.processor.to_k_ip_adapter.weight',
      'ip_adapter.1.to_k_ip.weight',
    ),
  ],
  ['face restoration', one('toRGB.0.weight', 'stylegan_decoder.style_mlp.1.weight', 'conv_body_first.weight')],
  ['face restoration', one('encoder.blocks.0.weight', 'quantize.embedding.weight', 'position_emb')],
  ['audio model', one('model.model.transformer.rotary_pos_emb.inv_freq', 'model.model.preprocess_conv.weight')],
  ['audio model', one('genre_embedder.weight', 'lyric_embs.weight')],
  ['Kandinsky', one('clip_to_seq.weight', 'to_model_dim_n.weight')],
  ['Wan', one('condition_embedder.time_embedder.linear_1.weight', 'patch_embedding.weight')],
  ['embedding for SDXL', one('clip_l', 'clip_g')],
  ['ModelScope', { ...unetShapes(), ...one(`${LDM}input_blocks.1.0.temopral_conv.conv1.0.weight`) }],
  ['Stable Cascade', one('clf.1.weight', 'clip_txt_mapper.weight', 'down_blocks.0.0.channelwise.0.weight')],
  ['Stable Cascade', one('clf.1.weight', 'effnet_mapper.0.weight')],
  ['PixArt', one('t_block.1.weight', 'blocks.0.attn.qkv.weight')],
  ['PixArt', one('adaln_single.emb.timestep_embedder.linear_1.bias', 'pos_embed.proj.bias')],
  ['LTX-Video', one(`${LDM}adaln_single.emb.timestep_embedder.linear_1.bias`, `${LDM}patchify_proj.weight`)],
  ['Hunyuan-DiT', one('mlp_t5.0.weight', 'blocks.0.attn1.Wqkv.weight')],
  ['HunyuanVideo', one('txt_in.individual_token_refiner.blocks.0.norm1.weight', 'double_blocks.0.img_attn.qkv.weight')],
  ['Hunyuan3D', one('latent_in.weight', 'double_blocks.0.img_attn.qkv.weight')],
  ['Wan', one('head.modulation', 'blocks.0.self_attn.q.weight')],
  ['Wan', one(`${LDM}blocks.0.cross_attn.norm_k.weight`)],
  ['Mochi', one('t5_yproj.weight')],
  ['CogVideoX', one('patch_embed.text_proj.weight', 'transformer_blocks.0.attn1.to_q.weight')],
  ['Cosmos', one('net.blocks.block0.blocks.0.block.attn.to_q.0.weight')],
  ['Kandinsky', one('add_embedding.image_proj.weight', 'down_blocks.0.resnets.0.conv1.weight')],
  ['Kandinsky', one('visual_transformer_blocks.0.self_attention.to_query.weight')],
  ['AuraFlow', one('double_layers.0.attn.w1q.weight')],
  ['Qwen-Image', one('transformer_blocks.0.img_mod.1.weight', 'transformer_blocks.0.attn.add_k_proj.weight')],
  ['HiDream', one('caption_projection.0.linear.weight')],
  ['Lumina', one('cap_embedder.1.weight', 'noise_refiner.0.attention.k_norm.weight')],
  ['Kolors', { ...sdxl(2048), ...one('unet.encoder_hid_proj.weight') }],
  ['PIA', { ...V2, 'conv_in.weight': [8, 9, 3, 3], 'conv_in.bias': [8] }],
  [
    'FancyVideo',
    { ...V2, 'conv_in.weight': [8, 9, 3, 3], ...one('fps_embedding.linear.weight', 'motion_embedding.linear.weight') },
  ],
  ['AnimateLCM-I2V', { ...motionShapes(['mid_block'], null), ...one('img_encoder.body.0.block1.weight') }],
  ['CameraCtrl', one('pose_encoder_state_dict.encoder_conv_in.weight')],
  [
    'CameraCtrl',
    one(
      'down_blocks.0.motion_modules.0.temporal_transformer.transformer_blocks.0.attention_blocks.0.processor.qkv_merge.weight',
    ),
  ],
  ['SparseCtrl', { ...V2, ...one('controlnet_down_blocks.0.weight', 'controlnet_mid_block.weight') }],
  ['IP-Adapter', one('image_proj.proj.weight', 'ip_adapter.1.to_k_ip.weight')],
  ['IP-Adapter', one('image_proj.latents', 'ip_adapter.1.to_v_ip.weight')],
  ['T2I-Adapter', one('body.0.block1.weight', 'conv_in.weight')],
  ['T2I-Adapter', one('adapter.body.0.resnets.0.block1.weight')],
  ['ControlNet-Union', one('task_embedding', 'transformer_layes.0.attn.in_proj_weight', 'spatial_ch_projs.weight')],
  ['ControlNet-LLLite', one('lllite_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q.conditioning1.0.weight')],
  ['ControlNet for Flux', one('controlnet_x_embedder.weight', 'transformer_blocks.0.attn.add_q_proj.weight')],
  ['RIFE', one('module.block0.conv0.0.0.weight', 'module.block_tea.conv0.0.0.weight')],
  ['RIFE', one('block0.conv0.0.0.weight', 'encode.cnn0.weight')],
  ['upscaler', one('model.0.weight', 'model.1.sub.0.RDB1.conv1.0.weight')],
  ['upscaler', one('params_ema.conv_first.weight', 'params_ema.body.0.rdb1.conv1.weight')],
  ['upscaler', one('RRDB_trunk.0.RDB1.conv1.weight', 'conv_first.weight')],
  ['CLIP vision', one('vision_model.embeddings.patch_embedding.weight')],
  ['CLIP vision', one('visual.transformer.resblocks.0.attn.in_proj_weight')],
  ["UNet in diffusers' format", one('down_blocks.0.resnets.0.conv1.weight', 'conv_in.weight')],
  ['GLIGEN', { ...unetShapes(), ...one(`${LDM}input_blocks.1.1.transformer_blocks.0.fuser.alpha_attn`) }],
  ['VAE of a video model', one('decoder.middle.0.residual.0.gamma')],
  ['TAESD', one('decoder.1.conv.0.weight')],
  ['Text encoder', one('text_model.encoder.layers.0.self_attn.q_proj.weight')],
  ['Text encoder', one('encoder.block.0.layer.0.SelfAttention.q.weight', 'shared.weight')],
  ['adapter of PEFT', one('unet.mid_block.attentions.0.proj_in.oft_r')],
];

const down = (...layers: string[]): Shapes =>
  Object.fromEntries(layers.map((layer) => [`${layer}.lora_${layer.includes('.') ? 'A' : 'down'}.weight`, [4, 3072]]));

const LORAS: readonly (readonly [string, Shapes])[] = [
  ['Flux', down('lora_unet_double_blocks_0_img_attn_qkv', 'lora_te1_text_model_encoder_layers_0_mlp_fc1')],
  ['Flux', down('lora_unet_single_blocks_37_linear1')],
  ['Flux', down('transformer.single_transformer_blocks.12.attn.to_q', 'transformer.transformer_blocks.3.attn.to_k')],
  ['Flux', down('diffusion_model.double_blocks.1.img_attn.proj')],
  ['Flux', down('lora_transformer_single_transformer_blocks_5_attn_to_k')],
  ['Stable Diffusion 3', down('lora_unet_joint_blocks_0_x_block_attn_qkv')],
  ['Stable Diffusion 3', down('transformer.transformer_blocks.3.attn.add_k_proj')],
  ['Stable Diffusion 3', down('lora_te3_encoder_block_0_layer_0_SelfAttention_q')],
  ['Stable Cascade', down('lora_prior_unet_down_blocks_0_1_attention_attn_to_q')],
  ['Chroma', down('lora_unet_distilled_guidance_layer_layers_0_in_layer', 'lora_unet_double_blocks_0_img_attn_qkv')],
  ['HunyuanVideo', down('diffusion_model.double_blocks.0.img_attn_qkv')],
  ['Wan', down('diffusion_model.blocks.0.self_attn.q')],
  ['Wan', down('lora_unet_blocks_0_cross_attn_k')],
  ['Qwen-Image', down('transformer.transformer_blocks.0.img_mod.1')],
  ['PixArt or LTX-Video', down('transformer.transformer_blocks.4.attn1.to_q')],
  ['Hunyuan-DiT', down('base_model.model.blocks.0.attn1.Wqkv')],
  ['Lumina or Z-Image', down('diffusion_model.layers.0.attention.to_q')],
  ['HiDream', down('diffusion_model.double_stream_blocks.0.block.attn1.to_q')],
  ['AuraFlow', down('transformer.joint_transformer_blocks.0.ff.out_projection')],
  ['unknown model family', down('diffusion_model.something.0.new')],
];

describe('describeModel on a family that is not supported', () => {
  it('has a case for each row of the table', () => {
    const cases = (all: typeof MODELS, names: (shapes: Shapes) => string) =>
      all.map(([, shapes]) => ({ shapes, names: names(shapes) }));
    const files = cases(MODELS, (shapes) => namesOfFile(tensorsOf(shapes)));
    const loras = cases(LORAS, (shapes) => namesOfLayers(loraLayers(tensorsOf(shapes)).map(({ layer }) => layer)));
    const without = (rows: readonly Family[], found: readonly { readonly names: string }[]) =>
      rows.filter(([, ...patterns]) => !found.some(({ names }) => patterns.every((pattern) => pattern.test(names))));
    expect(without(UNSUPPORTED_FAMILIES.files, files)).toEqual([]);
    expect(without(UNSUPPORTED_FAMILIES.loras, loras)).toEqual([]);
  });

  it('recognizes each family in one of them', async () => {
    const found = await Promise.all([...MODELS, ...LORAS].map(([, shapes]) => described(shapes)));
    const named = new Set(found.map((model) => (model.kind === 'unsupported' ? model.what : model.kind)));
    const all = [...UNSUPPORTED_FAMILIES.files, ...UNSUPPORTED_FAMILIES.loras].map(([what]) => what);
    expect(all.filter((what) => !named.has(what))).toEqual([]);
  });

  it.each(MODELS)('recognizes %s: %j', async (name, shapes) => {
    const model = await described(shapes);
    expect(model).toMatchObject({ kind: 'unsupported', what: expect.stringMatching(new RegExp(name, 'i')) });
    expect(describeText(model)).toMatch(/^[A-Z].* \(not supported\)$/);
  });

  it.each(LORAS)('recognizes a LoRA for %s: %j', async (name, shapes) => {
    const model = await described(shapes);
    expect(model).toMatchObject({ kind: 'unsupported', what: expect.stringMatching(/^a LoRA for /) });
    expect(describeText(model)).toContain(name);
  });

  it.each([
    ['SDXL checkpoint UNet only (not supported)', sdxl(2048)],
    ['SDXL checkpoint UNet only (not supported)', sdxl(1280)],
    ['SDXL inpainting checkpoint', { ...sdxl(2048), [`${LDM}input_blocks.0.0.weight`]: [4, 9, 3, 3] }],
    ['Stable Diffusion 2 checkpoint UNet only (not supported)', unetShapes({ linear: true, context: 1024 })],
    ['ControlNet (Stable Diffusion 1)', { ...unetShapes(), ...controlNet({}) }],
    ['ControlNet (Stable Diffusion 2) (not supported)', controlNet({ linear: true })],
    [
      'Control-LoRA (SDXL) (not supported)',
      {
        ...one('lora_controlnet', 'zero_convs.0.0.weight', 'label_emb.0.0.up', 'label_emb.0.0.down'),
        'input_blocks.4.1.proj_in.down': [8, 640],
      },
    ],
    [
      'ControlNet (SDXL) (not supported)',
      { ...controlNet({ linear: true }), ...one('control_model.label_emb.0.0.weight') },
    ],
    [
      'HotShot-XL motion module',
      {
        ...one('down_blocks.0.temporal_attentions.0.transformer_blocks.0.attention_blocks.0.to_q.weight'),
        'down_blocks.0.temporal_attentions.0.transformer_blocks.0.attention_blocks.0.pos_encoder.positional_encoding': [
          1, 24, 8,
        ],
      },
    ],
    ['AnimateDiff SDXL motion module', motionShapes(['down_blocks.2'], 32)],
    [
      'LoRA (SDXL)',
      { 'lora_unet_down_blocks_1_attentions_0_transformer_blocks_1_attn1_to_q.lora_down.weight': [4, 640] },
    ],
  ] as const)('still describes %s', async (start, shapes) => {
    const text = describeText(await described(shapes));
    expect(text.startsWith(start)).toBe(true);
    if (start !== 'ControlNet (Stable Diffusion 1)') expect(text).toContain('(not supported)');
  });

  it('recognizes weights that need more than their values', async () => {
    const scaled = { ...unetShapes(), ...one(`${LDM}input_blocks.1.0.in_layers.2.scale_weight`, 'scaled_fp8') };
    expect(await described(scaled, 'F8_E4M3')).toMatchObject({ what: expect.stringContaining('scaled 8-bit') });
    const packed = { ...unetShapes(), ...one(`${LDM}input_blocks.1.1.proj_in.weight.absmax`) };
    expect(await described(packed)).toMatchObject({ what: expect.stringContaining('bitsandbytes') });
    expect(await described(MODELS[0]![1], 'F8_E4M3')).toMatchObject({ what: expect.stringContaining('Diffusion 3') });
    expect(await described(LORAS[0]![1], 'F8_E4M3')).toMatchObject({ what: expect.stringContaining('Flux') });
  });

  it('reads a .ckpt in 8-bit floating point', async () => {
    const fp8 = ops(
      global('torch._utils', '_rebuild_tensor_v3'),
      tuple(
        ops(tuple(text('storage'), global('torch.storage', 'UntypedStorage'), text('0'), text('cpu'), int(4)), 'Q'),
        int(0),
        tuple(int(2), int(2)),
        tuple(int(2), int(1)),
        '\x89',
        ops(global('collections', 'OrderedDict'), ')R'),
        global('torch', 'float8_e4m3fn'),
      ),
      'R',
    );
    const path = fileOf(
      torchZip(pickle(dict({ state_dict: dict({ [`${LDM}input_blocks.0.0.weight`]: fp8 }) })), {
        '0': new Uint8Array(4),
      }),
      'model.ckpt',
    );
    const { tensors } = await openWeights(path);
    expect([...tensors.values()]).toMatchObject([{ dtype: 'F8_E4M3', shape: [2, 2] }]);
  });
});
