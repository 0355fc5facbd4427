import type { SettingKey, Settings } from '../grammar/settings/schema.ts';
import { changedSettings, settingsText } from './changed.ts';
import { type Lost, type LostKey, lost, NOISE } from './lost.ts';

/** What a view resolves, and the negative prompt, for which every target has a place. */
const RESOLVED: readonly SettingKey[] = ['define', 'extends', 'transition', 'negative_prompt'];

/** Settings of this program, without an effect on the frames. */
const OF_PROGRAM: readonly SettingKey[] = ['device', 'precision', 'motion_module_device', 'unload_models', 'output'];

/** The settings that a loss is about. */
const ABOUT: Readonly<Partial<Record<LostKey, readonly SettingKey[]>>> = {
  'cfg-travel': ['cfg_scale'],
  'context-schedule': ['context_schedule'],
  controlnet: ['controlnet'],
  fuse: ['fuse'],
  'init-image': ['init_image', 'denoising_strength', 'latent_power', 'latent_scale'],
  'inpaint-mask': ['inpaint_mask'],
  interpolation: ['interpolate'],
  'last-frame': ['last_frame', 'latent_power_last', 'latent_scale_last'],
  'loop-count': ['loop'],
  motion: ['motion_module'],
  'motion-scale': ['motion_scale'],
  noise: NOISE,
  reverse: ['reverse'],
  'reversed-frames': ['closed_loop'],
  sampler: ['sampler', 'schedule'],
  'save-format': ['save'],
  slerp: ['mix'],
  'strength-travel': ['denoising_strength'],
  travel: ['mix'],
  video: ['video'],
};

/** The changed settings that a target neither carries nor has a loss about. @param carried by the target */
export function uncarriedSettings(
  settings: Settings,
  carried: readonly SettingKey[],
  losses: readonly Lost[],
): SettingKey[] {
  const known = new Set([...RESOLVED, ...carried, ...losses.flatMap(({ key }) => ABOUT[key] ?? [])]);
  return changedSettings(settings).filter((key) => !known.has(key));
}

/** Losses that name all of some settings. */
export function settingLosses(settings: Settings, keys: readonly SettingKey[]): Lost[] {
  const [own, others] = [
    keys.filter((key) => OF_PROGRAM.includes(key)),
    keys.filter((key) => !OF_PROGRAM.includes(key)),
  ];
  return [
    ...(others.length > 0
      ? [lost('other-settings', `Settings that are not carried over: ${settingsText(settings, others)}`)]
      : []),
    ...(own.length > 0
      ? [lost('program-settings', `Settings of this program are not carried over: ${settingsText(settings, own)}`)]
      : []),
  ];
}
