import { RESNET_NAMES, unetLayout } from '../../../weights/unet-layout.ts';
import { castTo, filled, picked, type Raw, renamed, withTensors } from './raw.ts';

export const UNET = 'model.diffusion_model.';
export const TEXT = 'cond_stage_model.transformer.text_model.';
export const VAE = 'first_stage_model.';

/** A form of a file that people have. */
export interface Form {
  readonly tensors: Raw;
  readonly metadata?: Readonly<Record<string, string>>;
  /** The plain layout with the same values, if they are not those of the original. */
  readonly sameAs?: Raw;
  /** What it lacks. */
  readonly without?: readonly ('textEncoder' | 'vae')[];
}

const prefix = (from: string, to: string) => (name: string) =>
  name.startsWith(from) ? to + name.slice(from.length) : name;

/** Every form of a checkpoint in one file, from its plain layout. */
export async function checkpointForms(plain: Raw): Promise<Record<string, Form>> {
  const unet = picked(plain, /^model\.diffusion_model\./);
  const text = picked(plain, /^cond_stage_model\./);
  const vae = picked(plain, /^first_stage_model\./);
  const positions = 'cond_stage_model.transformer.text_model.embeddings.position_ids';
  const complete = new Map([...unet, ...text, ...vae]);
  return {
    'only the three components (pruned)': { tensors: complete },
    'with EMA copies and training state': {
      tensors: withTensors(new Map([...complete, ...emaCopies(unet)]), {
        'model_ema.decay': filled('F32', []),
        'model_ema.num_updates': filled('I32', []),
        global_step: filled('I64', []),
      }),
    },
    'with EMA copies only': {
      tensors: withTensors(new Map([...emaCopies(unet), ...text, ...vae]), { 'model_ema.decay': filled('F32', []) }),
    },
    'EMA copies only, in a nested dict': {
      tensors: renamed(emaCopies(unet), (name) => `state_dict.${name}`),
      without: ['textEncoder', 'vae'],
    },
    'in a nested dict (state_dict.)': { tensors: renamed(complete, (name) => `state_dict.${name}`) },
    'from data-parallel training (module.)': { tensors: renamed(complete, (name) => `module.${name}`) },
    'saved by ComfyUI (cond_stage_model.clip_l.)': {
      tensors: renamed(complete, prefix('cond_stage_model.', 'cond_stage_model.clip_l.')),
    },
    'saved by ComfyUI (clip_l.)': { tensors: renamed(complete, prefix('cond_stage_model.', 'clip_l.')) },
    'text encoder without text_model.': { tensors: renamed(complete, prefix(TEXT, 'cond_stage_model.transformer.')) },
    'UNet under diffusion_model.': {
      tensors: renamed(unet, prefix(UNET, 'diffusion_model.')),
      without: ['textEncoder', 'vae'],
    },
    'UNet without prefix': { tensors: renamed(unet, prefix(UNET, '')), without: ['textEncoder', 'vae'] },
    "UNet in diffusers' format": { tensors: renamed(unet, diffusersUNetName(plain)), without: ['textEncoder', 'vae'] },
    "diffusers' names in one file": {
      tensors: new Map([
        ...renamed(unet, (name) => `unet.${diffusersUNetName(plain)(name)}`),
        ...renamed(text, prefix('cond_stage_model.transformer.', 'text_encoder.')),
        ...renamed(vae, (name) => `vae.${diffusersVaeName(name)}`),
      ]),
    },
    'without VAE': { tensors: new Map([...unet, ...text]), without: ['vae'] },
    'without text encoder': { tensors: new Map([...unet, ...vae]), without: ['textEncoder'] },
    ...Object.fromEntries(
      (['F16', 'F32', 'I32', 'I64'] as const).map((dtype) => [
        `position_ids in ${dtype}`,
        { tensors: withTensors(complete, { [positions]: filled(dtype, [1, 77]) }) },
      ]),
    ),
    'no position_ids': { tensors: renamed(complete, (name) => (name === positions ? null : name)) },
    float32: { tensors: await castTo(complete, 'F32') },
    bfloat16: { tensors: await castTo(complete, 'BF16'), sameAs: await castTo(await castTo(complete, 'BF16'), 'F32') },
    'fp8 e4m3': {
      tensors: await castTo(complete, 'F8_E4M3'),
      sameAs: await castTo(await castTo(complete, 'F8_E4M3'), 'F32'),
    },
    'fp8 e5m2': {
      tensors: await castTo(complete, 'F8_E5M2'),
      sameAs: await castTo(await castTo(complete, 'F8_E5M2'), 'F32'),
    },
    'fp8 UNet, the rest in float16': {
      tensors: new Map([...(await castTo(unet, 'F8_E4M3')), ...text, ...vae]),
      sameAs: new Map([...(await castTo(await castTo(unet, 'F8_E4M3'), 'F32')), ...text, ...vae]),
    },
  };
}

/** As LDM's `LitEma` names them: without dots. */
function emaCopies(unet: Raw): Raw {
  return renamed(unet, (name) => `model_ema.${name.replace('model.', '').replaceAll('.', '')}`);
}

/** diffusers' name of a tensor of a UNet, from its plain name. */
export function diffusersUNetName(plain: Raw): (name: string) => string {
  const parts = unetLayout((key) => plain.has(UNET + key));
  return (full) => {
    const name = full.slice(UNET.length);
    const part = parts.find(({ ldm }) => name.startsWith(`${ldm}.`));
    if (!part) return name;
    const inner = name.slice(part.ldm.length + 1);
    const end = inner.lastIndexOf('.');
    const layer = inner.slice(0, Math.max(end, 0));
    return `${part.diffusers}.${part.kind === 'resnet' ? (RESNET_NAMES[layer] ?? layer) + inner.slice(end) : inner}`;
  };
}

/** diffusers' name of a tensor of a VAE with four levels, from its plain name. */
export function diffusersVaeName(full: string): string {
  const name = full.slice(VAE.length);
  const attention = { norm: 'group_norm', q: 'to_q', k: 'to_k', v: 'to_v', proj_out: 'to_out.0' } as const;
  return name
    .replace(/\.mid\.block_([12])/, (_, block: string) => `.mid_block.resnets.${Number(block) - 1}`)
    .replace(
      /\.mid\.attn_1\.(\w+)/,
      (_, layer: string) => `.mid_block.attentions.0.${attention[layer as keyof typeof attention]}`,
    )
    .replace(/\.down\.(\d)\.block/, '.down_blocks.$1.resnets')
    .replace(/\.down\.(\d)\.downsample/, '.down_blocks.$1.downsamplers.0')
    .replace(/\.up\.(\d)\.block/, (_, level: string) => `.up_blocks.${3 - Number(level)}.resnets`)
    .replace(/\.up\.(\d)\.upsample/, (_, level: string) => `.up_blocks.${3 - Number(level)}.upsamplers.0`)
    .replace('.nin_shortcut', '.conv_shortcut')
    .replace('.norm_out', '.conv_norm_out');
}
