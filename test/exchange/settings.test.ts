import { describe, expect, it } from 'vitest';
import { importTravel } from '../../exchange/import.ts';
import { type Exported, TARGET_NAMES, type TargetName } from '../../exchange/target.ts';
import { bareName } from '../../exchange/text.ts';
import { SETTING_KEYS, type SettingKey, Settings } from '../../grammar/settings/schema.ts';
import { type TravellingNumber, valueOverTime } from '../../grammar/time/schedule.ts';
import { fractionIn } from '../../plan/frame-rate.ts';
import { SAMPLERS } from '../../plan/samplers.ts';
import { exported, FORMATS } from './exports.ts';
import { meaningOf } from './meaning.ts';

interface Changed {
  /** Values other than the default, as YAML. */
  readonly values: readonly string[];
  /** Further lines of settings, without which it has no effect. */
  readonly besides?: readonly string[];
}

const IMAGE = ['init_image: first.png'];
const IMAGES = [...IMAGE, 'last_frame: last.png'];
const LONG = ['frames: 64'];

/** Every setting. A new one needs an entry, and then a place in every target or a loss. */
const CHANGED: Readonly<Record<SettingKey, Changed>> = {
  checkpoint: { values: ['toonyou.safetensors'] },
  text_encoder: { values: ['clip_l.safetensors'] },
  vae: { values: ['mse.safetensors'] },
  clip_skip: { values: ['2'] },
  motion_module: { values: ['mm.ckpt', 'none'] },
  motion_module_device: { values: ['cpu'] },
  unload_models: { values: ['true'] },
  frames: { values: ['24'] },
  fps: { values: ['12', '12.5', '24000/1001'] },
  loop: { values: ['3'] },
  closed_loop: { values: ['A', 'R+P', 'R-P'], besides: LONG },
  context: { values: ['24'], besides: LONG },
  stride: { values: ['2'], besides: LONG },
  overlap: { values: ['6'], besides: LONG },
  context_schedule: { values: ['static'], besides: LONG },
  fuse: { values: ['flat', 'overwrite'], besides: LONG },
  width: { values: ['640'] },
  height: { values: ['640'] },
  steps: { values: ['24'] },
  sampler: { values: SAMPLERS.filter((name) => name !== 'Euler a') },
  schedule: { values: ['karras', 'sgm_uniform', 'polyexponential', 'align_your_steps'] },
  cfg_scale: { values: ['7.5', '{0: 6, -1: 9}', '{4: 6, 8-10: 7}'] },
  seed: { values: ['42'] },
  rng: { values: ['gpu', 'nv'] },
  negative_prompt: { values: ['blurry'] },
  transition: { values: ['cut', 'ease'] },
  mix: { values: ['lerp'] },
  emphasis: { values: ['No norm', 'Ignore'] },
  define: { values: ['{hero: a fox}'] },
  cfg_rescale: { values: ['0.7'] },
  freeu: { values: ['{b1: 1.4}'] },
  deep_cache: { values: ['{interval: 2}'] },
  eta: { values: ['0.5'] },
  s_churn: { values: ['10'], besides: ['sampler: Euler'] },
  s_tmin: { values: ['0.1'], besides: ['sampler: Euler', 's_churn: 10'] },
  s_tmax: { values: ['10'], besides: ['sampler: Euler', 's_churn: 10'] },
  s_noise: { values: ['1.003'], besides: ['sampler: DPM++ SDE'] },
  subseed: { values: ['7'] },
  subseed_strength: { values: ['0.3'] },
  seed_resize_from_w: { values: ['256'] },
  seed_resize_from_h: { values: ['256'] },
  eta_noise_seed_delta: { values: ['31337'] },
  save: { values: ['[gif]', '[mp4, png]', '[webm]', '[png]', '[txt]', '[apng]', '[prores]', '[ffv1, mp4]'] },
  output: { values: ['clips/a'] },
  reverse: { values: ['[add]', '[add, remove_head, remove_tail]'] },
  interpolate: { values: ['{method: film, x: 3}', '{method: blend, x: 3}', '{method: film, x: 1}'] },
  controlnet: {
    values: [
      '[{model: m.pth, weight: 0.5, image: a.png}]',
      '[{model: m.pth, batch: a}]',
      '[{model: m.pth, weight: {0: 1, 8: 0.5}, batch: a}]',
      '[{model: m.pth, image: {0: a.png, 8-12: b.png}}]',
      '[{model: m.pth, video: a.mp4}]',
      '[{model: m.pth, preprocessor: canny, start: 0.1, end: 0.8, mode: control, resize: fill, batch: a}]',
      '[{model: m.pth, preprocessor: depth_midas, normalise: clip, batch: a}]',
      '[{model: m.pth, empty: hold, batch: a}]',
      '[{model: m.pth, empty: off, batch: a}]',
      '[{model: m.pth, mask: masks, batch: a}]',
      '[{model: a.pth, preprocessor: canny, batch: a}, {model: b.pth, preprocessor: lineart_coarse, batch: b}]',
    ],
  },
  video: {
    values: [
      '{source: dance.mp4}',
      '{path: dance}',
      '{source: dance.mp4, from: 1.5, to: 4}',
      '{source: dance.mp4, repeat: true}',
    ],
  },
  audio: { values: ['keep'], besides: ['video: {source: dance.mp4}'] },
  mask: { values: ['masks'] },
  init_image: { values: ['first.png'] },
  last_frame: { values: ['last.png'], besides: IMAGE },
  inpaint_mask: { values: ['mask.png'], besides: IMAGE },
  denoising_strength: { values: ['0.5', '{0: 0.4, 8: 0.6}'], besides: IMAGE },
  latent_power: { values: ['2'], besides: IMAGE },
  latent_scale: { values: ['20'], besides: IMAGE },
  latent_power_last: { values: ['2'], besides: IMAGES },
  latent_scale_last: { values: ['20'], besides: IMAGES },
  motion_scale: { values: ['1.2', '{0: 1, 8: 1.2}'] },
  free_init: { values: ['{iterations: 4}', '{filter: gaussian, d_s: 0.125, d_t: 0.5}'] },
  free_noise: { values: ['{noise: repeat_context}'], besides: LONG },
  device: { values: ['cpu'] },
  precision: { values: ['fp32', 'int8'] },
  dialect: { values: ['webui'] },
  extends: { values: ['style.travel'] },
};

const MODELS: ReadonlySet<SettingKey> = new Set(['checkpoint', 'vae', 'motion_module']);
/** Their effect on prompts is compared by meaning in round-trip.test.ts; an extended file is read before. */
const RESOLVED: ReadonlySet<SettingKey> = new Set(['define', 'transition', 'extends', 'negative_prompt']);
/** What a tool always does, as `setting: value`, so that its files do not have it. */
const ALWAYS: Readonly<Record<TargetName, readonly string[]>> = {
  'a1111-prompt': ['dialect: webui'],
  'webui-api': ['dialect: webui', 'fuse: overwrite'],
  infotext: ['dialect: webui', 'fuse: overwrite'],
  fizz: [],
  // Its windows always wrap. Prompts that do not travel back end with a further keyframe.
  cli: ['fuse: flat', 'closed_loop: A', 'closed_loop: R-P'],
  deforum: [],
  'comfy-api': [],
};

/** What a program gets besides the file: options of a command, texts of other boxes. */
const besidesOf = ({ parts: { object: _, text: __, ...others } }: Exported) => JSON.stringify(others);

/** As a setting means it: with the defaults of its parts, and by frame if it changes over time. */
function meantBy(text: string, key: SettingKey): string | undefined {
  const { settings } = meaningOf(text);
  const value = settings[key];
  if (MODELS.has(key) && typeof value === 'string') return bareName(value);
  if (TRAVELLING.has(key)) {
    const time = { frames: 16, fps: Number(settings.fps) };
    return JSON.stringify(valueOverTime(value as TravellingNumber, time));
  }
  if (key === 'controlnet' && value !== undefined) {
    const units = Settings.shape.controlnet.parse(value);
    return JSON.stringify(units.map((unit) => ({ ...unit, model: bareName(unit.model) })));
  }
  if (key === 'fps' && typeof value === 'string') return `${fractionIn(value)}`;
  return value === undefined ? undefined : JSON.stringify(Settings.shape[key].parse(value));
}

const TRAVELLING: ReadonlySet<SettingKey> = new Set(['cfg_scale', 'denoising_strength', 'motion_scale']);

/** What is wrong with a setting on its way to a target and back; null if it is carried or named. */
function fault(key: SettingKey, value: string, besides: readonly string[], target: TargetName): string | null {
  // Unless a setting is about it, the clip has a module and a checkpoint, which some targets need.
  const models = ['checkpoint', 'motion_module'].filter((one) => one !== key).map((one) => `${one}: ${one}.ckpt`);
  const textWith = (line: string) =>
    ['---', ...models, ...besides, line, '---', '0: a fox', '8: a hare', ''].join('\n');
  const text = textWith(`${key}: ${value}`);
  const result = exported(text, target);
  const { text: file, hint, lost } = result;
  const unread = lost.find((one) => one.key === 'settings' && !one.message.includes('pocket'));
  if (unread) return unread.message;
  const named = [hint ?? '', ...lost.map(({ message }) => message)].some((said) =>
    new RegExp(`\\b${key}\\b`).test(said),
  );
  if (named || ALWAYS[target].includes(`${key}: ${value}`)) return null;
  if (besidesOf(result) !== besidesOf(exported(textWith(''), target))) return null;
  const { travel } = importTravel([{ text: file }], { format: FORMATS[target] });
  const [before, after] = [meantBy(text, key), meantBy(travel, key)];
  return before === after ? null : `${key}: ${before} became ${after}\n${file}`;
}

describe.each(TARGET_NAMES)('an export to %s', (target) => {
  it.each(SETTING_KEYS.filter((key) => !RESOLVED.has(key)))('carries %s, or reports it', (key) => {
    const { values, besides = [] } = CHANGED[key];
    expect(values.flatMap((value) => fault(key, value, besides, target) ?? [])).toEqual([]);
  });
});
