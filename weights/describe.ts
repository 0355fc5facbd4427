import type { ModelDescription, ModelFamily, MotionVersion, TensorDefect } from '../plan/model.ts';
import { motionModuleDefect, textEncoderDefect, vaeDefect } from './component-defects.ts';
import { componentPrefix, componentTensors } from './components.ts';
import { asWeights, isControlLora } from './control-lora.ts';
import { describeLora } from './describe-lora.ts';
import { filmDefect, filmFilters, filmWeights } from './film.ts';
import { positionsIn, positionTable } from './layouts/motion-positions.ts';
import { TAESD } from './layouts/taesd.ts';
import type { TensorEntry, WeightsFile } from './tensor.ts';
import { textEncoderSize } from './text-encoder-size.ts';
import { controlNetDefect, unetDefect } from './unet-defects.ts';
import { unetLayout } from './unet-layout.ts';
import { remainingFamily, unsupportedFamily } from './unsupported.ts';

const SAMPLE_KEYS = 5;
const MOTION_KEY = /\.(?:motion_modules|temporal_attentions)\.\d+\..*attention_blocks\.\d+\.to_q\.weight$/;

/** The type of a model file, detected from its keys and shapes, not from its name or metadata. */
export function describeModel(file: WeightsFile): ModelDescription {
  return (
    unsupported(unsupportedFamily(file)) ??
    unsupported(quantized(file)) ??
    describeFilm(file) ??
    describeControlNet(file) ??
    describeMotionModule(file) ??
    describeLora(file) ??
    describeCheckpoint(file) ??
    describeVae(file) ??
    describeTextEncoder(file) ??
    unsupported(remainingFamily(file)) ??
    describeEmbedding(file) ?? { kind: 'unknown', sampleKeys: [...file.tensors.keys()].slice(0, SAMPLE_KEYS) }
  );
}

function unsupported(what: string | null): ModelDescription | null {
  return what === null ? null : { kind: 'unsupported', what };
}

/** Weights that mean something else than their values, until a scale or a table beside them is applied. */
function quantized({ tensors }: WeightsFile): string | null {
  for (const name of tensors.keys()) {
    if (/\.scale_weight$|^(?:.*\.)?scaled_fp8$/.test(name)) return 'a model in scaled 8-bit floating point (fp8)';
    if (/\.(?:absmax|quant_map|SCB)$/.test(name)) return 'a model quantized with bitsandbytes';
  }
  return null;
}

function describeFilm({ tensors }: WeightsFile): ModelDescription | null {
  const film = filmWeights(tensors);
  return film && { kind: 'film', filters: filmFilters(film), timed: film.timed, ...defectsOf([filmDefect(film)]) };
}

function describeControlNet(file: WeightsFile): ModelDescription | null {
  const tensors = componentTensors(file, 'controlNet');
  if (tensors.size === 0) return null;
  // What it lacks is the checkpoint's.
  if (isControlLora(tensors)) return { kind: 'controlnet', family: familyOf(asWeights(tensors)), lora: true };
  const family = familyOf(tensors);
  return { kind: 'controlnet', family, ...(family === 'sd1' && defectsOf([controlNetDefect(tensors)])) };
}

function describeMotionModule({ tensors }: WeightsFile): ModelDescription | null {
  const keys = [...tensors.keys()];
  if (!keys.some((key) => MOTION_KEY.test(key))) return null;
  const positions = positionsIn(positionTable(tensors));
  return {
    kind: 'motion-module',
    version: motionVersion(keys, positions),
    positions,
    ...defectsOf([motionModuleDefect(tensors)]),
  };
}

/** The rule of sd-webui-animatediff (`motion_module.py`): the blocks that have modules, and the number of positions. */
function motionVersion(keys: readonly string[], positions: number): MotionVersion {
  const hasBlock = (block: string) => keys.some((key) => key.startsWith(block));
  if (hasBlock('mid_block.')) return 'v2';
  if (hasBlock('down_blocks.3.')) return positions > 24 ? 'v3' : 'v1';
  return positions > 24 ? 'sdxl' : 'hotshot-xl';
}

function describeCheckpoint(file: WeightsFile): ModelDescription | null {
  const unet = componentTensors(file, 'unet');
  if (unet.size === 0) return null;
  const family = familyOf(unet);
  const contextWidth = find(unet, 'attn2.to_k.weight')?.shape[1] ?? 0;
  const textEncoder = componentTensors(file, 'textEncoder');
  const encoderSize = textEncoderSize(textEncoder);
  const vae = componentTensors(file, 'vae');
  return {
    kind: 'checkpoint',
    family,
    inputChannels: unet.get('input_blocks.0.0.weight')?.shape[1] ?? 0,
    channels: levelChannels(unet),
    contextWidth,
    hasTextEncoder:
      textEncoder.size > 0 || [...file.tensors.keys()].some((key) => /^(?:cond_stage_model|conditioner)\./.test(key)),
    ...(encoderSize && { textEncoder: encoderSize }),
    vaeChannels: vaeChannels(vae),
    nativeSize: nativeSize(file.metadata['modelspec.resolution']),
    ...(predictsVelocity(file) && { vPrediction: true as const }),
    ...(hasZeroTerminalSnr(file) && { zeroTerminalSnr: true as const }),
    ...(unet.has('time_embed.cond_proj.weight') && { embedsGuidance: true as const }),
    ...(family === 'sd1' &&
      defectsOf([
        unetDefect(unet),
        textEncoder.size === 0 ? null : textEncoderDefect(textEncoder, contextWidth),
        vae.size === 0 ? null : vaeDefect(vae),
      ])),
  };
}

function describeVae(file: WeightsFile): ModelDescription | null {
  const [decodes, encodes] = [`${TAESD}decoder.1.weight`, `${TAESD}encoder.0.weight`].map((key) =>
    file.tensors.has(key),
  );
  if (decodes || encodes) {
    return { kind: 'vae', small: true, ...(!(decodes && encodes) && { only: decodes ? 'decoder' : 'encoder' }) };
  }
  if (componentPrefix(file, 'vae') === null) return null;
  return { kind: 'vae', ...defectsOf([vaeDefect(componentTensors(file, 'vae'))]) };
}

function describeTextEncoder(file: WeightsFile): ModelDescription | null {
  const tensors = componentTensors(file, 'textEncoder');
  const size = textEncoderSize(tensors);
  return size && { kind: 'text-encoder', ...size, ...defectsOf([textEncoderDefect(tensors, size.width)]) };
}

function defectsOf(found: readonly (TensorDefect | null)[]): { defects?: readonly TensorDefect[] } {
  const defects = found.filter((defect) => defect !== null);
  return defects.length === 0 ? {} : { defects };
}

/** As models declare it: an empty tensor `v_pred` (A1111, ComfyUI), or Stability's model metadata. */
function predictsVelocity({ tensors, metadata }: WeightsFile): boolean {
  return tensors.has('v_pred') || /^v(?:$|[-_ ]?pred)/i.test(metadata['modelspec.prediction_type'] ?? '');
}

/** As models declare it: an empty tensor `ztsnr` (A1111, ComfyUI), or diffusers' `rescale_betas_zero_snr`. */
function hasZeroTerminalSnr({ tensors, metadata }: WeightsFile): boolean {
  return tensors.has('ztsnr') || metadata.rescale_betas_zero_snr === 'true';
}

/**
 * Stable Diffusion 1 projects into its attentions with 1×1 convolutions, 2 and XL with matrices, and XL adds an
 * embedding of image sizes to that of time. Widths do not matter, so a small model of the same structure is of the same
 * family.
 */
function familyOf(unet: ReadonlyMap<string, TensorEntry>): ModelFamily {
  const projection = find(unet, '.proj_in.weight')?.shape;
  if (projection?.length === 4) return 'sd1';
  if (projection?.length !== 2) return 'unknown';
  return find(unet, 'label_emb.0.0.weight') || find(unet, 'add_embedding.linear_1.weight') ? 'sdxl' : 'sd2';
}

function find(tensors: ReadonlyMap<string, TensorEntry>, ending: string): TensorEntry | undefined {
  for (const [name, entry] of tensors) if (name.endsWith(ending)) return entry;
  return undefined;
}

/** Channels of a UNet's levels. @param unet tensors by LDM's names without prefix */
export function levelChannels(unet: ReadonlyMap<string, TensorEntry>): number[] {
  const channels: number[] = [];
  for (const { kind, ldm, diffusers } of unetLayout((key) => unet.has(key))) {
    const level = /^down_blocks\.(\d+)\./.exec(diffusers)?.[1];
    if (kind === 'resnet' && level !== undefined) {
      channels[Number(level)] = unet.get(`${ldm}.out_layers.3.weight`)?.shape[0] ?? 0;
    }
  }
  return channels;
}

/**
 * Channels of a VAE's full-size layers, or null if it has no decoder. @param vae tensors by LDM's names without prefix
 */
export function vaeChannels(vae: ReadonlyMap<string, TensorEntry>): number | null {
  return vae.get('decoder.conv_out.weight')?.shape[1] ?? null;
}

/** `512x768` in Stability's model metadata: width and height in pixels. */
function nativeSize(text: string | undefined): readonly [number, number] | null {
  const match = /^(\d{1,5})x(\d{1,5})$/.exec(text ?? '');
  if (!match) return null;
  const size = [Number(match[1]), Number(match[2])] as const;
  return size[0] > 0 && size[1] > 0 ? size : null;
}

/** A token as diffusers writes it, and its further vectors. */
const TOKEN = /^<[^<>]+>(?:_\d{1,3})?$/;

/**
 * The vectors of an embedding, in order: A1111's `.pt` (of several tokens, the first one, as there) and `.safetensors`,
 * a single tensor of any name (diffusers' `<token>`, `clip_l`), or diffusers' tokens for one concept, one after
 * another. Null if the file is something else.
 */
export function embeddingTensors({ tensors }: WeightsFile): readonly TensorEntry[] | null {
  const entries = [...tensors.values()];
  const named = tensors.get('emb_params') ?? entries.find(({ name }) => name.startsWith('string_to_param.'));
  const all = named ? [named] : entries;
  const isOne = all.length === 1 || all.every(({ name }) => TOKEN.test(name));
  const width = all[0]?.shape.at(-1);
  const areVectors = all.every(({ shape }) => [1, 2].includes(shape.length) && shape.at(-1) === width);
  return isOne && areVectors && all.length > 0 ? all : null;
}

function describeEmbedding(file: WeightsFile): ModelDescription | null {
  const found = embeddingTensors(file);
  if (!found) return null;
  const vectors = found.reduce((sum, { shape }) => sum + (shape.length === 1 ? 1 : shape[0]!), 0);
  return { kind: 'embedding', vectors, width: found[0]!.shape.at(-1)! };
}
