import { loraLayers } from './describe-lora.ts';
import type { TensorEntry, WeightsFile } from './tensor.ts';

/**
 * A family of files that cannot be rendered: what one of them is, and what the names of its tensors match, all of it.
 */
export type Family = readonly [what: string, ...patterns: RegExp[]];

const MOTION = /\bmotion_modules\./;

/**
 * Families that contain what supported files contain, too, so they are recognized first. `N` stands for a block's
 * number. Sources: ComfyUI `model_detection.py`; ComfyUI-AnimateDiff-Evolved `model_injection.py`; the tools that write
 * the files.
 */
const FAMILIES: readonly Family[] = [
  ['a FancyVideo motion module', MOTION, /^(?:FancyVideo$|(?:fps|motion)_embedding\.)/m],
  ['an AnimateLCM-I2V motion module', MOTION, /^img_encoder\./m],
  ['a CameraCtrl model', /\bqkv_merge\.|^(?:pose_encoder(?:_state_dict)?|encoder_conv_in)\./m],
  ['a Zero123 checkpoint', /^cc_projection\./m],
  ['a MotionCtrl model', /\.cc_projection\./],
  ['a SparseCtrl model', MOTION, /^controlnet_(?:cond_embedding|down_blocks|mid_block)\b/m],
  ["a UNet with a motion module in diffusers' format", MOTION, /^down_blocks\.N\.resnets\./m],
  ['a PIA motion module', MOTION, /^conv_in\.weight$/m],
  ['a ControlNet-LLLite model', /^lllite_/m],
  ['an IP-Adapter', /^(?:ip_adapter|image_proj)\.|\bip_adapter_/m],
  ['a PhotoMaker model', /^id_encoder\./m],
  ['a ControlNet-Union model', /^(?:control_add_embedding|spatial_ch_projs)\.|^task_embedding$/m],
  ['a T2I-Adapter', /^(?:adapter\.)?body\.N\.(?:in_conv|block[12]|resnets\.N\.block[12])\.|^transformer_layes\./m],
  ['a ControlNet for Flux or Stable Diffusion 3', /^controlnet_(?:x_embedder|blocks|single_blocks)\./m],
  ['a RIFE frame interpolation model', /^block0\.conv0\.N\.N\.weight$/m],
  ['an upscaler', /^(?:conv_first|RRDB_trunk|model\.N\.sub|body\.N\.(?:rdb|RDB)[123])\.|^params\.body\.N\.weight$/m],
  ['a CLIP vision encoder', /^(?:vision_model|visual)\./m],
  ['a Stable Video Diffusion checkpoint', /^input_blocks\.N\.N\.time_(?:stack|mixer|mix_blocks)\./m],
  ['a ModelScope or VideoCrafter video checkpoint', /^input_blocks\.N\.N\.temopral_conv\./m],
  ['a GLIGEN checkpoint', /\.fuser\.(?:alpha_attn|linear)\b/],
  ['a Stable Diffusion 2 unCLIP checkpoint', /^(?:noise_augmentor|embedder\.model\.visual)\./m],
  ['a Stable Diffusion x4 upscaler', /^(?:low_scale_model\.|label_emb\.weight$)/m],
  ['a Stable Cascade model', /^(?:clf\.N|clip_txt_mapper|clip_mapper|effnet_mapper\.N)\./m],
  ['a Kandinsky model', /^add_embedding\.image_(?:proj|norm)\.|^(?:clip_to_seq|to_model_dim_n)\./m],
  ['a Kandinsky 5 model', /^(?:visual|text)_transformer_blocks\.N\./m],
  ['a Kolors checkpoint', /^encoder_hid_proj\.weight$/m],
  ['a Stable Diffusion 3 or 3.5 checkpoint', /^joint_blocks\./m],
  ['a Flux.2 checkpoint', /^double_stream_modulation_img\./m],
  ['a Chroma checkpoint', /^distilled_guidance_layer\./m],
  ['a HunyuanVideo checkpoint', /^txt_in\.(?:individual_token_refiner|t_embedder)\./m],
  ['a Hunyuan3D model', /^latent_in\.weight$/m],
  ['a Flux checkpoint', /^(?:double_blocks|single_blocks|single_transformer_blocks)\.N\./m],
  ['a Qwen-Image checkpoint', /^transformer_blocks\.N\.(?:img|txt)_mod\./m],
  ["a Stable Diffusion 3 model in diffusers' format", /^transformer_blocks\.N\.attn\.add_[qkv]_proj\./m],
  ['an AuraFlow checkpoint', /^(?:double_layers|joint_transformer_blocks)\.N\./m],
  ['a Hunyuan-DiT checkpoint', /^mlp_t5\./m],
  ['a PixArt checkpoint', /^t_block\.N\./m],
  ['a PixArt checkpoint', /^adaln_single\./m, /^pos_embed\.proj\./m],
  ['an LTX-Video checkpoint', /^(?:adaln_single|patchify_proj)\./m],
  ['a Mochi checkpoint', /^t5_yproj\./m],
  ['a Lumina or Z-Image checkpoint', /^(?:cap_embedder\.N|noise_refiner\.N|context_refiner\.N)\./m],
  ['a CogVideoX checkpoint', /^patch_embed\.text_proj\./m],
  ['a Wan checkpoint', /^head\.modulation$|^blocks\.N\.(?:self|cross)_attn\.(?:[qkvo]|norm_[qk])\./m],
  ['a Wan checkpoint', /^condition_embedder\.(?:time|text)_embedder\./m],
  ['a Cosmos checkpoint', /^blocks\.(?:block\d+\.|N\.mlp\.layer[12]\.)/m],
  ['a HiDream checkpoint', /^(?:caption_projection\.N\.linear|double_stream_blocks)\./m],
  ['an audio model', /\brotary_pos_emb\.inv_freq$|^genre_embedder\./m],
];

/** Families without anything that a supported file contains. */
const REMAINING: readonly Family[] = [
  ['a VAE of a video model', /^decoder\.(?:middle\.N\.residual|up_blocks\.N\.res_blocks)\./m],
  ["a UNet in diffusers' format", /^(?:down_blocks\.N|mid_block)\.(?:resnets|attentions)\./m],
  ['a TAESD preview decoder', /^(?:(?:taesd_)?(?:decoder|encoder)\.)?N\.conv\.N\.weight$/m],
  ['an embedding for SDXL or a later family', /^(?:clip_g|t5xxl|clip_h)$/m],
  ['a face restoration model', /^(?:stylegan_decoder|conv_body_first|quantize\.embedding)\./m],
  ['a text encoder', /^text_model\.(?:encoder|embeddings)\.|^transformer\.resblocks\./m],
  ['a text encoder', /^(?:encoder\.)?block\.N\.layer\.N\.|^encoder\.block\.N\.|^(?:model\.)?layers\.N\.self_attn\./m],
];

/** By the names of the layers that a LoRA changes. */
const LORA_FAMILIES: readonly Family[] = [
  ['a LoRA for Chroma', /distilled_guidance_layer/],
  ['a LoRA for HunyuanVideo', /individual_token_refiner|\bdouble_blocks\.N\.(?:img|txt)_attn_/],
  ['a LoRA for Flux', /(?:^|[._])(?:double_blocks|single_blocks|single_transformer_blocks)[._]N[._]/m],
  ['a LoRA for Stable Diffusion 3', /(?:^|[._])joint_blocks[._]N[._]|^lora_te3_/m],
  ['a LoRA for Qwen-Image', /transformer_blocks[._]N[._](?:img|txt)_(?:mod|mlp)[._]/],
  ['a LoRA for Stable Diffusion 3 or Flux', /transformer_blocks[._]N[._]attn[._](?:to_|add_)/],
  ['a LoRA for Hunyuan-DiT', /(?:^|\.|(?<!transformer)_)blocks[._]N[._]attn[12][._](?:Wqkv|q_proj|kv_proj)/m],
  ['a LoRA for Wan', /(?:^|\.|(?<!transformer)_)blocks[._]N[._](?:(?:self|cross)_attn|attn[12])[._]/m],
  ['a LoRA for Lumina or Z-Image', /(?:^|[._])(?:layers|noise_refiner|context_refiner)[._]N[._]attention[._]/m],
  ['a LoRA for HiDream', /(?:double|single)_stream_blocks/],
  ['a LoRA for AuraFlow', /joint_transformer_blocks|double_layers/],
  ['a LoRA for PixArt or LTX-Video', /transformer_blocks[._]N[._]attn[12]/],
];

/** All families, by the names of the tensors of a file, and of the layers of a LoRA. */
export const UNSUPPORTED_FAMILIES = { files: [...FAMILIES, ...REMAINING], loras: LORA_FAMILIES } as const;

/** The prefix of a whole model's keys in a file. */
const PREFIX = /^(?:model\.diffusion_model|diffusion_model|transformer|unet|net|params_ema)\./;
/** A number between separators, as of a block. */
const NUMBER = /(?<=[._])\d+(?=[._])|^\d+(?=[._])/g;

/** Parts of a UNet, by LDM's and by diffusers' names. */
const IN_UNET = /(?:^|[._])(?:down_blocks|up_blocks|mid_block|input_blocks|output_blocks|middle_block)(?:[._]|$)/m;
const IN_TEXT_ENCODER = /^(?:lora_te|(?:base_model\.model\.)?text_)/;

/** Such as "a Flux checkpoint", if the file is of a family that is not supported and looks like others; else null. */
export function unsupportedFamily({ tensors }: WeightsFile): string | null {
  const layers = loraLayers(tensors);
  if (layers.length > 0) return unsupportedLora(layers.map(({ layer }) => layer));
  // MotionCtrl's part for objects is built like a T2I-Adapter, with other inputs.
  if (isObjectControl(tensors)) return 'a MotionCtrl model';
  const found = matching(FAMILIES, namesOfFile(tensors));
  return found ?? (hasUnclipShapes(tensors) ? 'a Stable Diffusion 2 unCLIP checkpoint' : null);
}

/** What a file is that is of no supported kind; null if unknown. */
export function remainingFamily({ tensors }: WeightsFile): string | null {
  if ([...tensors.keys()].some((key) => /\.(?:oft_r|vera_lambda_[bd])\b/.test(key)))
    return 'an OFT adapter of PEFT before 0.16, or a VeRA adapter';
  return matching(REMAINING, namesOfFile(tensors));
}

function unsupportedLora(layers: readonly string[]): string | null {
  const names = namesOfLayers(layers);
  if (/^lora_prior_/m.test(names)) return 'a LoRA for Stable Cascade';
  if (IN_UNET.test(names)) return null;
  const found = matching(LORA_FAMILIES, names);
  if (found !== null || layers.every((layer) => IN_TEXT_ENCODER.test(layer))) return found;
  return 'a LoRA for an unknown model family';
}

function matching(families: readonly Family[], names: string): string | null {
  return families.find(([, ...patterns]) => patterns.every((pattern) => pattern.test(names)))?.[0] ?? null;
}

/** The names of a file's tensors, as the patterns of families match them. */
export const namesOfFile = (tensors: WeightsFile['tensors']): string => namesOf(tensors.keys(), PREFIX);

/** The same of a LoRA's layers. */
export const namesOfLayers = (layers: Iterable<string>): string => namesOf(layers);

/**
 * The distinct names, one a line, without a model's prefix and with `N` for numbers: hundreds of layers become a few.
 */
function namesOf(names: Iterable<string>, prefix?: RegExp): string {
  const distinct = new Set<string>();
  for (const name of names) distinct.add((prefix ? name.replace(prefix, '') : name).replace(NUMBER, 'N'));
  return [...distinct].join('\n');
}

/** Two channels of flow in blocks of 8×8 pixels (MotionCtrl, `Adapter` in `object_control`; ComfyUI-AnimateDiff-Evolved). */
const OBJECT_CONTROL_INPUTS = 128;

function isObjectControl(tensors: ReadonlyMap<string, TensorEntry>): boolean {
  return tensors.has('body.0.block1.weight') && tensors.get('conv_in.weight')?.shape[1] === OBJECT_CONTROL_INPUTS;
}

/** SDXL, too, has an embedding besides that of time, but not with the text encoder of Stable Diffusion 2. */
function hasUnclipShapes(tensors: ReadonlyMap<string, TensorEntry>): boolean {
  const prefix = 'model.diffusion_model.';
  if (!tensors.has(`${prefix}label_emb.0.0.weight`)) return false;
  for (const [name, { shape }] of tensors) {
    if (name.startsWith(prefix) && name.endsWith('.attn2.to_k.weight')) return shape[1] === 1024;
  }
  return false;
}
