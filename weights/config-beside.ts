import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { GET_AGAIN } from '../plan/get-again.ts';
import { BadModelError } from './tensor.ts';

/** Longer than any configuration of a model. */
const LONGEST_CONFIG = 100_000;

type Metadata = Readonly<Record<string, string>>;

/** The names that diffusers and transformers give to a component's file; a `config.json` beside it is that component's. */
const COMPONENT_FILE = /^(?:diffusion_pytorch_model|pytorch_model|model)(?:\.[\w-]+)?\.(?:safetensors|bin)$/;

/**
 * What no header contains, as the metadata keys of `componentConfig`: in `NAME.yaml` beside a checkpoint, which A1111
 * reads, whether it predicts the velocity; in `config.json` beside a component in diffusers' format, its settings.
 *
 * @param path of a model file
 * @throws BadModelError when diffusers' configuration is damaged
 */
export async function configBeside(path: string): Promise<Metadata> {
  const isComponent = COMPONENT_FILE.test(basename(path));
  return {
    ...(await velocityIn(path.replace(/\.\w+$/, '.yaml'))),
    ...(isComponent ? await componentSettings(join(dirname(path), 'config.json')) : {}),
  };
}

async function velocityIn(path: string): Promise<Metadata> {
  const text = await smallText(path);
  return /^\s*parameterization:\s*["']?v["']?\s*(?:#.*)?$/m.test(text ?? '')
    ? { 'modelspec.prediction_type': 'v' }
    : {};
}

/** Null: there is no such file, or it is none that is meant. */
async function smallText(path: string): Promise<string | null> {
  const info = await stat(path).catch(() => null);
  return info?.isFile() && info.size <= LONGEST_CONFIG ? readFile(path, 'utf8').catch(() => null) : null;
}

const Setting = z.union([z.string(), z.number(), z.boolean(), z.null()]).catch(null);
const ComponentSettings = z
  .looseObject({ _class_name: z.string().optional(), architectures: z.array(z.string()).optional() })
  .transform(({ _class_name, architectures = [], ...settings }) => ({
    className: _class_name ?? architectures[0] ?? '',
    settings: z.record(z.string(), Setting).parse(settings),
  }));

/** For each class, the component's name, and its settings by our name. */
const CLASSES: Readonly<Record<string, readonly [component: string, settings: Readonly<Record<string, string>>]>> = {
  UNet2DConditionModel: ['unet', { attention_head_dim: 'attention_head_dim', norm_num_groups: 'norm_num_groups' }],
  CLIPTextModel: ['text_encoder', { num_attention_heads: 'num_attention_heads', hidden_act: 'hidden_act' }],
  AutoencoderKL: ['vae', { norm_num_groups: 'norm_num_groups', scaling_factor: 'scaling_factor' }],
  MotionAdapter: [
    'motion_module',
    {
      motion_num_attention_heads: 'num_attention_heads',
      motion_norm_num_groups: 'norm_num_groups',
      motion_max_seq_length: 'motion_max_seq_length',
    },
  ],
};

async function componentSettings(path: string): Promise<Metadata> {
  const config = await readConfig(path, ComponentSettings);
  if (config === null) return {};
  const { className, settings } = config;
  const [component, names] = CLASSES[className] ?? ['', {}];
  return Object.fromEntries(
    Object.entries(names).flatMap(([theirs, ours]) => {
      const value = settings[theirs];
      return value === null || value === undefined ? [] : [[`${component}.${ours}`, String(value)]];
    }),
  );
}

const SchedulerSettings = z.looseObject({
  prediction_type: z.string().optional(),
  rescale_betas_zero_snr: z.boolean().optional(),
});

/** How a model of diffusers was trained, from its `scheduler_config.json`. */
export async function schedulerSettings(path: string): Promise<Metadata> {
  const config = await readConfig(path, SchedulerSettings);
  return {
    ...(config?.prediction_type === 'v_prediction' && { 'modelspec.prediction_type': 'v' }),
    ...(config?.rescale_betas_zero_snr === true && { rescale_betas_zero_snr: 'true' }),
  };
}

/** Null if there is no such file. */
export async function readConfig<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T> | null> {
  const text = await smallText(path);
  if (text === null) return null;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new BadModelError(`${path} cannot be read: it is not valid JSON. ${GET_AGAIN}`);
  }
  const config = schema.safeParse(json);
  if (config.success) return config.data;
  const key = config.error.issues[0]!.path[0];
  const reason = key === undefined ? 'it is not a JSON object' : `its value of ${String(key)} is invalid`;
  throw new BadModelError(`${path} cannot be read: ${reason}. ${GET_AGAIN}`);
}
